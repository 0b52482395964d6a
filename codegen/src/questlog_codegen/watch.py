"""Runs a command again after every save of a file in `schemas/`."""

import sys
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change
from watchfiles import watch as changes

from questlog_codegen.errors import CodegenError
from questlog_codegen.findings import report
from questlog_codegen.tree import schemas_folder

INTERRUPTED = 130
_TICK_MS = 200


def watch(root: Path, run: Callable[[], object]) -> int:
    """Call `run` now and after every save below `root/schemas`, until Ctrl-C; errors are told, not raised.

    Raises:
        CodegenError: when there is no `root/schemas`.
    """
    folder = schemas_folder(root)
    ticks = changes(
        folder, watch_filter=_by_an_author, yield_on_timeout=True, rust_timeout=_TICK_MS, raise_interrupt=True
    )
    try:
        # The first tick, without a change, says that the watch is on: no save during the first run is missed.
        for number, saved in enumerate(ticks):
            if saved or not number:
                _told(folder, run)
    except KeyboardInterrupt:
        pass
    return INTERRUPTED


def _by_an_author(_: Change, path: str) -> bool:
    """Tell whether a person wrote the file; versions are written by `run` itself."""
    return path.endswith(".json") and "versions" not in Path(path).parts


def _told(folder: Path, run: Callable[[], object]) -> None:
    try:
        run()
    except CodegenError as error:
        report(error, folder.parent)
    sys.stdout.write(f"watching {folder}; Ctrl-C stops\n")
    sys.stdout.flush()
