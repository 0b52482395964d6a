"""What operators see: metrics, logs, traces, the id of each request."""
