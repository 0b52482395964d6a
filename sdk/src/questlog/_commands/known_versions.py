"""The versions of events that this SDK sends, against those that an API knows."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from questlog._commands.findings import Finding, not_checked, ok, wrong
from questlog._generated.events import EVENTS

_NUMBER = re.compile(r"[0-9]{1,9}\.[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class _Known:
    """A version of an event that the API knows."""

    event: str
    number: tuple[int, ...]
    is_draft: bool


def check_versions(listing: object) -> Finding:
    """Return whether the API knows all that this SDK sends; `listing` is its answer to GET /v1/schemas."""
    match listing:
        case {"contracts": list(entries)}:
            return _compared({name: _number(sent_version(name)) for name in EVENTS}, _known(entries))
    return not_checked("versions", "the API has to list them first")


def sent_version(event: str) -> str:
    """Return the version of `event` that this SDK sends."""
    return str(EVENTS[event].__dataclass_fields__["schema_version"].default)


def _compared(sent: Mapping[str, tuple[int, ...]], known: list[_Known]) -> Finding:
    there = {(each.event, each.number) for each in known}
    missing = [_missing(name, number, known) for name, number in sent.items() if (name, number) not in there]
    if missing:
        return wrong("versions", f"events that the API will refuse: {'; '.join(missing)}")
    drafts = [each.event for each in known if each.is_draft and sent.get(each.event) == each.number]
    told = f"the API knows all {len(sent)} events of this SDK"
    if drafts:
        told += f"; drafts, which may still change: {', '.join(drafts)}"
    return ok("versions", told)


def _missing(name: str, number: tuple[int, ...], known: list[_Known]) -> str:
    newest = max((each.number for each in known if each.event == name), default=None)
    if newest is None:
        return f"{name} {_text(number)}, an event it does not know: update the API"
    side = "the API" if newest < number else "this SDK"
    return f"{name} {_text(number)}, as the newest it knows is {_text(newest)}: update {side}"


def _known(entries: Iterable[object]) -> list[_Known]:
    found = []
    for entry in entries:
        match entry:
            case {"event": str(event), "version": str(version), **rest} if _NUMBER.fullmatch(version):
                found.append(_Known(event, _number(version), rest.get("status") == "draft"))
    return found


def _number(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _text(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))
