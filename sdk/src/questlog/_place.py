"""Where the outbox is, on this machine."""

import sys
from pathlib import Path

from questlog._log import get_logger

DEFAULT = "default"
_FOLDERS = {"darwin": ("Library", "Application Support"), "win32": ("AppData", "Local")}
_OTHER = (".local", "state")  # https://specifications.freedesktop.org/basedir-spec/latest/
_logger = get_logger()


def outbox_folder(outbox: str | Path) -> Path | None:
    """Return the folder that `outbox` names; None when it is the default one and the user has no home."""
    if not isinstance(outbox, str | Path):
        raise TypeError(f'outbox must be a folder, "default" or None, not {type(outbox).__name__}')
    if outbox == "":
        raise ValueError('outbox must be a folder, "default", or None for in memory: it is empty')
    if outbox != DEFAULT:
        return Path(outbox).absolute()  # the game may change the folder it works in
    try:
        return default_folder()
    except RuntimeError:
        _logger.warning("events are kept in memory only: this user has no home; set outbox to a folder")
        return None


def default_folder() -> Path:
    """Return the folder for the outboxes of this user's games.

    Raises:
        RuntimeError: when the user has no home.
    """
    return Path.home().joinpath(*_FOLDERS.get(sys.platform, _OTHER), "questlog")
