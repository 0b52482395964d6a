"""The logger `questlog`. Its handlers are the game's code: what they raise stops nothing."""

import logging
import traceback
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


def raised(error: BaseException) -> str:
    """Return what was raised and where, without its message: that may hold a value of an event.

    From the place that raised to the place that called: `KeyError at shop.py:12 in price, shop.py:3 in hook`.
    """
    frames = reversed(traceback.extract_tb(error.__traceback__))
    places = (f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {', '.join(places)}"


def contained(name: str, hook: Callable[[T], object], value: T) -> None:
    """Call a hook of the game's, the option `name`; what it raises is logged, SystemExit too.

    The thread it runs in is not the hook's to end. Ctrl-C is not the hook's, where it is the main thread.
    """
    try:
        hook(value)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt) and current_thread() is main_thread():
            raise
        get_logger().error("%s raised %s; events go on", name, raised(error))
