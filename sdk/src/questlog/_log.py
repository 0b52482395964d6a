"""The logger `questlog`. Its handlers are the game's code: what they raise stops nothing."""

import logging
from collections.abc import Callable
from contextlib import suppress
from threading import current_thread, main_thread
from typing import Any, TypeVar

T = TypeVar("T")


class _Contained(logging.LoggerAdapter[logging.Logger]):
    def log(self, level: int, msg: object, *args: object, **options: Any) -> None:
        """Log as `logging.Logger.log` does; every other method comes through here."""
        with suppress(Exception, SystemExit):
            super().log(level, msg, *args, stacklevel=2, **options)


def get_logger() -> logging.LoggerAdapter[logging.Logger]:
    """Return the one to log through: its calls never raise, but for Ctrl-C."""
    return _Contained(logging.getLogger("questlog"))


def contained(name: str, hook: Callable[[T], object], value: T) -> None:
    """Call a hook of the game's, the option `name`; what it raises is logged, SystemExit too.

    The thread it runs in is not the hook's to end. Ctrl-C is not the hook's, where it is the main thread.
    """
    try:
        hook(value)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and current_thread() is main_thread():
            raise
        get_logger().exception("%s raised; events go on", name)
