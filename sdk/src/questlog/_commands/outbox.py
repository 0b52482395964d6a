"""What waits in the folder of the outbox, and whether more can."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile

from questlog._commands import reason_of
from questlog._commands.findings import Finding, ok, wrong
from questlog._outbox import destination_of


def check_outbox(folder: Path, url: str, key: str | None) -> Finding:
    """Return whether the folder can be written and what is in it; nothing is left in it, nor made."""
    try:
        place = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        with TemporaryFile(dir=place):
            pass
    except OSError as error:
        advice = "choose another with outbox=, or give this user the right to write"
        return wrong("outbox", f"{folder} cannot be written: {reason_of(error)}; {advice}")
    if place != folder:
        return ok("outbox", f"{folder} is not there yet, and can be made")
    return ok("outbox", f"{folder} can be written; {_waiting(folder, url, key)}")


def _waiting(folder: Path, url: str, key: str | None) -> str:
    files = sorted(folder.glob("*.outbox"))
    destinations = {file.name.partition("-")[0] for file in files}
    told = f"{len(files)} file(s) of {len(destinations)} destination(s) with {_size(folder)} bytes wait"
    if key is not None:
        own = len(list(folder.glob(f"{_destination(url, key)}-*.outbox")))
        told += f", {own} of them for this URL and key"
    aside = len([*folder.glob("*.refused*.jsonl"), *folder.glob("*.outbox.damaged")])
    return told + (
        f"; {aside} file(s) set aside, with what was refused or damaged: look at them" if aside else ""
    )


def _destination(url: str, key: str) -> str:
    try:
        return destination_of(url, key)
    except UnicodeEncodeError:  # the command line may hold anything
        return "none"


def _size(folder: Path) -> int:
    size = 0
    for file in (*folder.glob("*.outbox"), *folder.glob("*.outbox-wal")):
        with suppress(OSError):  # its client may have deleted it by now
            size += file.stat().st_size
    return size
