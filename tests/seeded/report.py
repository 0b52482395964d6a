"""Who caught what, for people and for scripts."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from tests.seeded.hunt import Outcome


def as_text(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield a Markdown table of all bugs and their hunters, and the totals."""
    yield "| bug | in | caught by | seconds |"
    yield "|---|---|---|---|"
    for outcome in outcomes:
        caught_by = f"`{_short(outcome.caught_by)}`" if outcome.caught_by else "**nobody**"
        yield f"| {outcome.bug.name} | `{_module(outcome)}` | {caught_by} | {outcome.seconds:.1f} |"
    yield ""
    yield from (f"{count:4} {file}" for file, count in _catchers(outcomes).most_common())
    yield f"{len(outcomes) - len(survivors(outcomes))} of {len(outcomes)} bugs caught"


def as_data(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Return the same for scripts."""
    bugs = [
        {
            "bug": outcome.bug.name,
            "file": outcome.bug.file,
            "caught_by": outcome.caught_by,
            "seconds": round(outcome.seconds, 2),
        }
        for outcome in outcomes
    ]
    return {
        "bugs": len(outcomes),
        "caught": len(outcomes) - len(survivors(outcomes)),
        "catchers": dict(_catchers(outcomes).most_common()),
        "outcomes": bugs,
    }


def survivors(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return those that no test caught."""
    return [outcome for outcome in outcomes if outcome.caught_by is None]


def _catchers(outcomes: Sequence[Outcome]) -> Counter[str]:
    return Counter(outcome.caught_by.partition("::")[0] for outcome in outcomes if outcome.caught_by)


def _short(test: str | None) -> str:
    # A parameter may be a body of kilobytes, and a bar would end the cell.
    name, bracket, parameter = (test or "").partition("[")
    return f"{name}{bracket}{parameter[:40]}".replace("|", "/").removeprefix("tests/")


def _module(outcome: Outcome) -> str:
    return outcome.bug.file.partition("/src/")[2]
