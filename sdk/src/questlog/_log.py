"""The logger `questlog`. Its handlers are the game's code: what they raise stops nothing."""

import logging
from contextlib import suppress
from typing import Any


class _Contained(logging.LoggerAdapter[logging.Logger]):
    def log(self, level: int, msg: object, *args: object, **options: Any) -> None:
        """Log as `logging.Logger.log` does; every other method comes through here."""
        with suppress(Exception, SystemExit):
            super().log(level, msg, *args, stacklevel=2, **options)


def get_logger() -> logging.LoggerAdapter[logging.Logger]:
    """Return the one to log through: its calls never raise, but for Ctrl-C."""
    return _Contained(logging.getLogger("questlog"))
