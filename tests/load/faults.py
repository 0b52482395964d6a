"""How a Firehose fails, drawn at random for each call."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, Self, TypeAlias

Fault: TypeAlias = Literal["throttle", "error", "timeout_after_success", "reset", "partial"]
FAULTS: tuple[Fault, ...] = ("throttle", "error", "timeout_after_success", "reset", "partial")


@dataclass(frozen=True, slots=True)
class Faults:
    """Probabilities of each fault for one call, together at most 1; at most one fault meets a call.

    Attributes:
        throttle: The whole call is throttled (400 ThrottlingException).
        error: The whole call fails (500 InternalFailure).
        timeout_after_success: The records are kept, and no answer comes.
        reset: The connection is reset, before or after the records are kept.
        partial: At least one record of the call fails (ServiceUnavailableException).
        outage: Every call fails (503) until this is cleared.
    """

    throttle: float = 0
    error: float = 0
    timeout_after_success: float = 0
    reset: float = 0
    partial: float = 0
    outage: bool = False

    @classmethod
    def of(cls, wanted: Mapping[str, float]) -> Self:
        """Return the faults that are `wanted`; the others are off.

        Raises:
            ValueError: when there is no such fault, or the probabilities are none.
        """
        unknown = sorted(set(wanted) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"there is no fault {unknown}; there are {[*FAULTS, 'outage']}")
        chosen = dict(wanted)
        outage = bool(chosen.pop("outage", False))
        faults = cls(**chosen, outage=outage)
        chances = [getattr(faults, name) for name in FAULTS]
        if min(chances) < 0 or sum(chances) > 1:
            raise ValueError("the probabilities must not be negative, and at most 1 together")
        return faults

    def draw(self, chance: random.Random) -> Fault | None:
        """Return what fails in the next call; None when nothing does."""
        point = chance.random()
        for name in FAULTS:
            point -= getattr(self, name)
            if point < 0:
                return name
        return None
