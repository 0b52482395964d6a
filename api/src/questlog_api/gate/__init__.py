"""Who may send, and how much: write keys, quotas, the budget of memory."""
