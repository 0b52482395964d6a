"""Rules on what becomes of fields in the warehouse: columns, their types, and how they are asked for."""

from collections.abc import Iterator

from questlog_codegen.contracts import DISCRIMINATORS, Version
from questlog_codegen.emitters.snowflake_rules import rules
from questlog_codegen.emitters.snowflake_types import LINE_COLUMNS
from questlog_codegen.errors import ContractError
from questlog_codegen.lint.assembly import unsafe_pattern
from questlog_codegen.lint.nodes import Node, Told, pointer
from questlog_codegen.lint.rule import Rule, described, field, fields, schema, text
from questlog_codegen.lint.subject import Subject
from questlog_codegen.names import words
from questlog_codegen.tree import ENVELOPE

_MONEY_WORDS = frozenset({"price", "amount", "revenue", "cost", "fee", "tax"})
_ENVELOPE = f"shared/{ENVELOPE}.json"
_KEY = {"event_id": "uuid", "occurred_at": "date-time"}
_ADDED = frozenset({*(column.name for column in LINE_COLUMNS), "SCHEMA_VERSION"})


def envelope_key(subject: Subject) -> Iterator[Told]:
    """No event is without `event_id`, by which it is kept once, and `occurred_at`, when it happened."""
    envelope = {node.pointer: node for node in subject.visited if node.file == f"schemas/{_ENVELOPE}"}
    root = envelope.get("")
    if root is None or not root.fits:
        return  # UNREADABLE or DIALECT tells of it
    for name, form in _KEY.items():
        child = envelope.get(f"/properties/{name}")
        if child is None or (child.fits and subject.assembly.resolved(child).get("format") != form):
            message = f'needs `{name}`: describe it as "type": "string", "format": "{form}"'
            yield (child or root).says(message)
        if name not in root.schema.get("required", ()):
            message = f"leaves `{name}` out, which every event must have: put it into required"
            yield root.says(message, *(("required",) if "required" in root.schema else ()))


def cluster(subject: Subject) -> Iterator[Told]:
    """A table is clustered by a column it has."""
    for node in subject.nodes:
        name = node.schema.get("x-cluster")
        if name and _is_no_column(name, node, subject):
            fields_of = ", ".join(
                child for child in node.schema["properties"] if not _is_no_column(child, node, subject)
            )
            yield node.says(f"must name a field of this event that is one value: {fields_of}", "x-cluster")


def _is_no_column(name: str, event: Node, subject: Subject) -> bool:
    whole = subject.assembly.events.get(event.file.split("/")[1], {"properties": {}})
    kind = whole["properties"].get(name, {}).get("type")
    return name not in event.schema["properties"] or kind in {"object", "array"}


def column_taken(subject: Subject) -> Iterator[Told]:
    """Every value has a column of its own: joined with underscores, no two paths are alike."""
    envelope = subject.tree.fragments[ENVELOPE].get("properties", {})
    for event, whole in subject.assembly.events.items():
        seen: dict[str, str] = dict.fromkeys(_ADDED, "what the API adds to every event")
        for leaf in Version(event, 1, 0, whole).fields:
            path, name = ".".join(leaf.path), "_".join(leaf.path).upper()
            first = seen.setdefault(name, path)
            # NAME_TAKEN and CASE tell of a name that is there already.
            if first.lower() != path.lower() and path not in DISCRIMINATORS:
                folder = f"shared/{ENVELOPE}" if leaf.path[0] in envelope else f"{event}/schema"
                message = f"would be the column {name}, as {first} is: choose another name"
                yield f"schemas/{folder}.json", pointer(("properties", leaf.path[0])), message


def pattern_snowflake(subject: Subject) -> Iterator[Told]:
    """A pattern can be said in Snowflake's regular expressions, which find what is refused there."""
    for node in subject.nodes:
        written = None if node.in_list else node.schema.get("pattern")
        if written and not unsafe_pattern(written) and (reason := _refused(written)):
            yield node.says(reason, "pattern")


def _refused(pattern: str) -> str | None:
    """Return what the emitter of the warehouse's rules says of a pattern."""
    value = {"type": "string", "pattern": pattern}
    event = {"type": "object", "required": [], "properties": {"value": value}}
    try:
        list(rules(Version("event", 1, 0, event)))
    except ContractError as error:
        return error.findings[0].message
    return None


def money(subject: Subject) -> Iterator[Told]:
    """Money is exact: whole micros, never a number with a fraction."""
    for node in subject.nodes:
        found = next((word for word in words(node.name or "") if word in _MONEY_WORDS), None)
        if found and subject.assembly.resolved(node).get("type") == "number":
            message = "as a number it is not exact: $ref ../shared/money.json, or write an integer called "
            yield node.says(f"`{node.name}` is money, {message}`{node.name}_micros`")


def time_name(subject: Subject) -> Iterator[Told]:
    """The name of a moment ends in `_at`, so that everybody knows it is one."""
    for node in subject.nodes:
        name = node.name or "_at"
        if subject.assembly.resolved(node).get("format") == "date-time" and not name.endswith("_at"):
            stem = "_".join(
                word for word in words(name) if word not in {"time", "date", "datetime", "timestamp"}
            )
            yield node.says(f"`{name}` is a moment: call it `{stem or 'happened'}_at`")


_BOUNDED = {"minimum": 0, "maximum": 100}

RULES = (
    Rule(
        "ENVELOPE_KEY",
        envelope_key,
        valid={_ENVELOPE: {"properties": {"player_id": described(**text(x_pii="pseudonymous"))}}},
        invalid={_ENVELOPE: {"required": ["occurred_at"]}},
    ),
    Rule("CLUSTER", cluster, valid=schema(x_cluster="points"), invalid=schema(x_cluster="score")),
    Rule(
        "COLUMN_TAKEN",
        column_taken,
        valid=fields(prize={"$ref": "../shared/money.json"}, prize_amount=text()),
        invalid=fields(prize={"$ref": "../shared/money.json"}, prize_amount_micros=text()),
    ),
    Rule(
        "PATTERN_SNOWFLAKE",
        pattern_snowflake,
        valid=field(**text(pattern="^[a-z]*$")),
        invalid=field(**text(pattern="^[a-z\\u00e9]*$")),
    ),
    Rule(
        "MONEY",
        money,
        valid=fields(fee_micros={"type": "integer", **_BOUNDED}),
        invalid=fields(fee={"type": "number", **_BOUNDED}),
        waivable=True,
    ),
    Rule(
        "TIME_NAME",
        time_name,
        valid=fields(ended_at={"type": "string", "format": "date-time"}),
        invalid=fields(end_time={"type": "string", "format": "date-time"}),
        severity="warning",
        waivable=True,
    ),
)
