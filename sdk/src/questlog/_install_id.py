"""The identity of an installation, kept between launches."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import UUID

from questlog._uuid7 import uuid7

if TYPE_CHECKING:
    from pathlib import Path


def install_id(file: str | Path) -> UUID:
    """Return the id that `file` has; the first launch makes one and keeps it there.

    Put the file where the game keeps what a reinstall deletes, such as beside its saved games. It never
    raises: an id that cannot be kept is logged, and is another one at the next launch.
    """
    from pathlib import Path  # noqa: PLC0415 - many modules, not for a game without it

    from questlog._log import get_logger  # noqa: PLC0415 - likewise

    logger = get_logger()
    path = Path(file)
    try:
        return UUID(path.read_text("ascii").strip())
    except FileNotFoundError:
        pass  # the first launch
    except (OSError, ValueError):
        logger.warning("the install id cannot be read, so there is a new one: %s", path)
    made = uuid7()
    try:
        _keep(path, made)
    except OSError as error:
        logger.warning("the install id cannot be kept, so the next launch has another: %s", error)
    return made


def _keep(path: Path, made: UUID) -> None:
    """Write the file whole or not at all: a kill must not leave half an id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(f"{made}\n", "ascii")
    part.replace(path)
