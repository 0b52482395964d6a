"""What the drafts do to others: the end of every `nox -s codegen`, in text, Markdown or JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from questlog_codegen.changes import Bump, Change
from questlog_codegen.compatibility.rules import RULES
from questlog_codegen.contracts import Catalog, Contract

_SAYS = {
    "none": "nothing that matters to anybody",
    "minor": "every event valid before is valid now",
    "major": "events valid before are refused, or their table cannot follow",
}
_PROVEN = " (proven to take every event that was valid)"
_UNDECIDED = " (neither proven nor disproven: counts as breaking)"
_REMARKS = {
    **{("compatible", effect): _PROVEN for effect in ("breaks", "ask")},
    **{("undecided", effect): _UNDECIDED for effect in ("breaks", "ask")},
}
_VERBS = ("CREATE", "ALTER")
_ROLL_OUT = (
    "`nox -s release` freezes the drafts; until then API and packages refuse them.",
    "Warehouse: deploy the V files, then the R files. Before that, new events would wait in CORE.REJECTED.",
    "API: deploy. Before that, new events would be refused and kept as rejects.",
    "SDK: publish, and update the games. Others go on as they are: the API takes old versions forever.",
)
_MOVE = "Queries: {table} goes on taking {major}.x; MART.{view} shows both majors."


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and what it brings; `old` is the version before, None for a new event."""

    event: str
    old: str | None
    new: str
    bump: Bump
    changes: Sequence[Change]
    migrations: Mapping[str, str]

    @property
    def headline(self) -> str:
        """`purchase 1.0 -> 1.1 (minor: every event valid before is valid now)`."""
        if self.old is None:
            return f"{self.event} {self.new} (a new event)"
        return f"{self.event} {self.old} -> {self.new} ({self.bump}: {_SAYS[self.bump]})"

    @property
    def move(self) -> str | None:
        """What becomes of queries on the old table; None where it stays the table."""
        if self.old is None or self.bump != "major":
            return None
        major = self.old.partition(".")[0]
        table = f"CORE.{self.event}_{major}".upper()
        return _MOVE.format(table=table, major=major, view=self.event.upper())


def roll_out(drafts: Sequence[Draft]) -> list[str]:
    """Return what to do, in this order; nothing without drafts."""
    moves = [draft.move for draft in drafts if draft.move]
    return [*_ROLL_OUT, *moves] if drafts else []


def drafts_of(catalog: Catalog, files: Mapping[str, str]) -> list[Draft]:
    """Return what every draft of the catalog does, given the generated `files`."""
    return [_draft(contract, files) for contract in catalog.contracts if contract.newest.status == "draft"]


def _draft(contract: Contract, files: Mapping[str, str]) -> Draft:
    suffix = f"__{contract.newest.slug}.sql"
    comparison = contract.comparison
    return Draft(
        event=contract.event,
        old=contract.versions[-2].number if len(contract.versions) > 1 else None,
        new=contract.newest.number,
        bump=comparison.bump if comparison else "major",
        changes=[change for change in comparison.changes if change.rule != "text-changed"]
        if comparison
        else (),
        migrations={path.rsplit("/", 1)[1]: text for path, text in files.items() if path.endswith(suffix)},
    )


def as_text(drafts: Sequence[Draft]) -> str:
    """Return the report for a terminal; empty without drafts."""
    lines = [line for draft in drafts for line in _text(draft)]
    steps = [f"roll out {number}. {step}" for number, step in enumerate(roll_out(drafts), start=1)]
    return "\n".join([*lines, *steps])


def as_markdown(drafts: Sequence[Draft]) -> str:
    """Return the report for a pull request."""
    lines = [line for draft in drafts for line in _markdown(draft)]
    steps = [f"{number}. {step}" for number, step in enumerate(roll_out(drafts), start=1)]
    ending = ["### Roll out, in this order", "", *steps] if steps else ["No contract changes."]
    return "\n".join(["## Contracts", "", *lines, *ending])


def as_data(drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """Return the report for a script."""
    return [
        {
            "event": draft.event,
            "old": draft.old,
            "new": draft.new,
            "bump": draft.bump,
            "changes": changes_as_data(draft.changes),
            "notices": notices(draft.changes),
            "migrations": list(draft.migrations),
        }
        for draft in drafts
    ]


def changes_as_data(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Return changes as JSON values, `detail` in words beside what a script asks for."""
    return [
        {
            "rule": change.rule,
            "pointer": change.pointer,
            "verdict": change.verdict,
            "witness": change.witness,
            "detail": f"{RULES[change.rule].meaning}: {change.detail}",
        }
        for change in changes
    ]


def change_lines(change: Change) -> Iterator[str]:
    """Yield a change in words, its witness on a line of its own."""
    doubt = _REMARKS.get((change.verdict, RULES[change.rule].effect), "")
    yield (
        f"{change.verdict:<10} {change.rule} {change.pointer or '/'}: {RULES[change.rule].meaning}: "
        f"{change.detail}{doubt}"
    )
    if change.witness is not None:
        yield f"           {_point(change)}was valid, is refused now: {_compact(change.witness)}"


def _point(change: Change) -> str:
    """Return what of the witness matters, `quantity = 10000 `; empty within the elements of a list."""
    names, value = _names(change.pointer), change.witness
    for name in names:
        if not isinstance(value, Mapping) or name not in value:
            return f"without {'.'.join(names)}, " if isinstance(value, Mapping) else ""
        value = value[name]
    return f"{'.'.join(names)} = {json.dumps(value, ensure_ascii=False)} " if names else ""


def notices(changes: Sequence[Change]) -> list[str]:
    """Return what users of SDK, API and tables will notice, each once."""
    noticed = (change for change in changes if change.breaks or RULES[change.rule].effect == "safe")
    told = (RULES[change.rule].notice.format(name=_member(change.pointer)) for change in noticed)
    return list(dict.fromkeys(filter(None, told)))


def _member(pointer: str) -> str:
    return ".".join(_names(pointer)) or "the event"


def _names(pointer: str) -> list[str]:
    """Return the field of an event a pointer into its schema is about: `/properties/a/maximum` -> `a`."""
    parts = iter(pointer.split("/")[1:])
    names = [next(parts, "") for keyword in parts if keyword == "properties"]
    return [name.replace("~1", "/").replace("~0", "~") for name in names]


def _text(draft: Draft) -> Iterator[str]:
    yield draft.headline
    yield from (f"  {line}" for change in draft.changes for line in change_lines(change))
    yield from (f"  notice: {notice}" for notice in notices(draft.changes))
    for name, text in draft.migrations.items():
        yield f"  migration: {name}"
        yield from (f"    {line.rstrip(' (')}" for line in _statements(text) if line.startswith(_VERBS))


def _markdown(draft: Draft) -> Iterator[str]:
    yield from (f"### {draft.headline}", "")
    if draft.changes:
        yield from ("| change | where | verdict | what |", "|---|---|---|---|")
        yield from (_row(change) for change in draft.changes)
        yield ""
    for change in draft.changes:
        if change.witness is not None:
            yield from (
                f"`{change.rule}` at `{change.pointer}`: this event was valid and is refused now.",
                "",
            )
            yield from ("```json", json.dumps(change.witness, indent=2, ensure_ascii=False), "```", "")
    yield from (f"- {notice}" for notice in notices(draft.changes))
    for name, text in draft.migrations.items():
        yield from ("", f"Migration `{name}`:", "", "```sql", *_statements(text), "```")
    yield ""


def _row(change: Change) -> str:
    detail = f"{RULES[change.rule].meaning}: {change.detail}".replace("|", "\\|")
    return f"| {change.rule} | `{change.pointer}` | {change.verdict} | {detail} |"


def _statements(text: str) -> list[str]:
    return [line for line in text.splitlines() if line and not line.startswith("--")]


def _compact(event: Mapping[str, Any]) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))
