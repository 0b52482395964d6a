"""What a replay tells in the end."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from questlog_api.refusals import Refusal

_MOST_RULES = 20
_STOP_IT = ": stop the process first"


@dataclass
class Report:
    """What became of the lines read: each is in exactly one of the counts from `skipped` to `undelivered`.

    `sent` counts the lines of spools by stream. `place` is where reading has come to; `stopped` is why it
    ended there, None when it came to the end. `asked` says in words what was asked for, empty for all;
    `rules` counts what is still refused by event, reason, and pointer and keyword of its first defect.
    """

    dry_run: bool = False
    asked: str = ""
    lines: int = 0
    skipped: int = 0
    replayed: Counter[str] = field(default_factory=Counter)
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    rules: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    cut: int = 0
    malformed: int = 0
    undelivered: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    unreadable: list[str] = field(default_factory=list)
    place: str = ""
    stopped: str | None = None

    def refuse(self, event: str, refusal: Refusal) -> None:
        """Count an event that is still refused."""
        first = refusal.errors[0]
        self.refused[refusal.reason.value, event] += 1
        self.rules[event, refusal.reason.value, first.pointer, first.keyword] += 1

    @property
    def is_complete(self) -> bool:
        """Whether everything that was asked for was replayed."""
        left = self.refused.total() + self.cut + self.malformed + self.undelivered
        return not left and not self.unreadable and self.stopped is None

    def as_data(self) -> dict[str, Any]:
        """Return it for scripts."""
        refused = [
            {"reason": reason, "event": event, "lines": lines}
            for (reason, event), lines in self.refused.most_common()
        ]
        return {
            "complete": self.is_complete,
            "dry_run": self.dry_run,
            "lines": self.lines,
            "skipped": self.skipped,
            "replayed": dict(self.replayed.most_common()),
            "still_refused": refused,
            "rules": [
                {"event": event, "reason": reason, "pointer": pointer, "keyword": keyword, "lines": lines}
                for (event, reason, pointer, keyword), lines in self.rules.most_common()
            ],
            "cut": self.cut,
            "malformed": self.malformed,
            "undelivered": self.undelivered,
            "sent_from_spools": dict(self.sent),
            "unreadable": self.unreadable,
            "place": self.place,
            "stopped": self.stopped,
        }

    def as_text(self) -> Iterator[str]:
        """Yield it in lines for a person."""
        yield f"read {_lines(self.lines)}, {self.skipped} of them not asked for"
        if self.asked and self.lines and self.skipped == self.lines:
            yield f"none of the lines is of {self.asked}"
        yield f"{'would be replayed' if self.dry_run else 'replayed'}: {self.replayed.total()}"
        yield from (f"  {lines} {event}" for event, lines in self.replayed.most_common())
        yield f"still refused: {self.refused.total()}"
        for (event, reason, pointer, keyword), lines in self.rules.most_common(_MOST_RULES):
            yield f"  {lines} {event}: {reason}: {pointer or 'the event'} {keyword}"
        yield from self._troubles()

    def _troubles(self) -> Iterator[str]:
        sent = "would be sent" if self.dry_run else "sent"
        yield from (f"{sent} from spools to {stream}: {_lines(lines)}" for stream, lines in self.sent.items())
        if self.cut:
            yield f"cut when they were refused, so that nobody can replay them: {self.cut}"
        if self.malformed:
            yield f"no line of the rejects stream, or its payload is not JSON: {self.malformed}"
        for file in self.unreadable:
            yield f"not read to its end: {file}" + _STOP_IT * ("another process uses it" in file)
        if self.stopped is not None:
            yield f"stopped at {self.place}: {self.stopped}"
            yield f"{_lines(self.undelivered)} before it may be missing; to replay all again is harmless"


def _lines(count: int) -> str:
    return f"{count} line" if count == 1 else f"{count} lines"
