"""What a change of a contract is: the rule that names it, what it does to events, the version it makes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Verdict: TypeAlias = Literal["compatible", "breaking", "undecided"]
"""Compatible: every event valid before is valid now. Undecided counts as breaking."""

Bump: TypeAlias = Literal["none", "minor", "major"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of two versions, at `pointer` (JSON Pointer into the schema).

    `detail` says what was and what is. `witness` is an event that was valid and no longer is; None when the
    change breaks no event, or none was found.
    """

    rule: str
    pointer: str
    verdict: Verdict
    detail: str
    witness: Mapping[str, Any] | None = None

    @property
    def breaks(self) -> bool:
        """Whether the change needs a new major."""
        return self.verdict != "compatible"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences of two versions, in the order of the contract."""

    changes: tuple[Change, ...]
    text_only: bool = False

    @property
    def bump(self) -> Bump:
        """What the differences ask for; text alone asks for nothing."""
        if any(change.breaks for change in self.changes):
            return "major"
        return "none" if self.text_only or not self.changes else "minor"
