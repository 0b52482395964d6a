"""The servers that `nox -s bench -- ingest` compares the service with."""
