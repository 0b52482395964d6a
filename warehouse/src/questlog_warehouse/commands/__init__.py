"""The commands of `python -m questlog_warehouse`, one a module."""


class CommandError(Exception):
    """Raised when a command cannot do what it was asked; the message says why and what to do."""
