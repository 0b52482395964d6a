"""Rules on the shape of schemas: files, references, bounds, and what makes a schema contradict itself."""

from collections.abc import Iterable, Iterator

from jsonschema_rs.canonical import UnsatisfiableReason, find_unsatisfiable

from questlog_codegen.bundle import fragment_name
from questlog_codegen.contracts import Schema, strip_annotations
from questlog_codegen.lint.assembly import MAX_FIELDS, MAX_NESTING, reached, unsafe_pattern
from questlog_codegen.lint.nodes import Node, Told
from questlog_codegen.lint.rule import Rule, closed, field, fields, fragment, merged, schema, text
from questlog_codegen.lint.subject import Subject
from questlog_codegen.names import closest
from questlog_codegen.patterns.automata import Undecided, shortest
from questlog_codegen.tree import ENVELOPE

_PAIRS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
_FIXES_LENGTH = ("minLength", "maxLength", "pattern")


def unreadable(subject: Subject) -> Iterator[Told]:
    """A file is a JSON object in UTF-8, without keys written twice, and not too large."""
    for finding in subject.tree.unreadable:
        yield finding.file, finding.pointer, finding.message


def dialect(subject: Subject) -> Iterable[Told]:
    """A schema says only what the dialect allows, on which all validators and the warehouse agree."""
    return subject.misfits


def some_event(subject: Subject) -> Iterator[Told]:
    """There is something to generate."""
    if not subject.tree.events:
        yield "schemas", "", "has no event: add a folder with a schema.json"


def reference(subject: Subject) -> Iterator[Told]:
    """A `$ref` names a fragment that exists, and fragments do not refer in a circle."""
    known = sorted(set(subject.tree.fragments) - {ENVELOPE})
    for node in subject.nodes:
        if "$ref" in node.schema:
            name = fragment_name(node.schema["$ref"])
            if name not in known:
                yield node.says(f"refers to no fragment: {_other_fragment(name, known)}", "$ref")
            elif "/" not in node.schema["$ref"] and not node.file.startswith("schemas/shared/"):
                yield node.says(f"leads to no file: write ../shared/{name}.json", "$ref")
            elif name not in subject.assembly.extents and _reaches(name, node.file, subject):
                yield node.says("refers in a circle: write one of the fragments out", "$ref")


def _other_fragment(name: str, known: list[str]) -> str:
    close = closest(name, known)
    if close:
        return f"did you mean ../shared/{close}.json?"
    return f"write one into schemas/shared, which has: {', '.join(known)}"


def _reaches(name: str, file: str, subject: Subject) -> bool:
    """Tell whether following references from a fragment leads to `file`."""
    fragments = subject.tree.fragments
    return any(
        file == f"schemas/shared/{here}.json" for here in {name} | reached([fragments[name]], fragments)
    )


def required_unknown(subject: Subject) -> Iterator[Told]:
    """What is required is also described under `properties`."""
    for node in subject.nodes:
        for index, name in enumerate(node.schema.get("required", ())):
            if name not in node.schema.get("properties", {}):
                message = f"`{name}` is required but not under properties: describe it or drop it"
                yield node.says(message, "required", str(index))


def bounds(subject: Subject) -> Iterator[Told]:
    """A lower bound does not lie above its upper bound: no event could be valid."""
    for node in subject.nodes:
        for low, high in _crossed(node.schema):
            yield node.says(f"{low} is above {high}: swap them", low)


def _crossed(schema: Schema) -> list[tuple[str, str]]:
    return [(a, b) for a, b in _PAIRS if a in schema and b in schema and schema[a] > schema[b]]


def format_alone(subject: Subject) -> Iterator[Told]:
    """`format` and `enum` say all there is about a text; a length or pattern beside them only contradicts."""
    for node in subject.nodes:
        fixed = next((keyword for keyword in ("enum", "format") if keyword in node.schema), None)
        beside = [*_FIXES_LENGTH, "format"] if fixed == "enum" else _FIXES_LENGTH
        for keyword in beside:
            if fixed and keyword in node.schema:
                yield node.says(f"{fixed} says it already: drop {keyword}", keyword)


def pattern(subject: Subject) -> Iterator[Told]:
    """A pattern means the same in every engine: plain syntax, no classes that differ with Unicode."""
    for node in subject.nodes:
        reason = unsafe_pattern(node.schema["pattern"]) if "pattern" in node.schema else None
        if reason:
            yield node.says(reason, "pattern")


def unsatisfiable(subject: Subject) -> Iterator[Told]:
    """Some value is valid: a schema that contradicts itself refuses every event."""
    for node in subject.nodes:
        if _crossed(node.schema) or "$ref" in node.schema or "properties" in node.schema:
            continue  # BOUNDS tells of it, or its parts do
        if _no_text(node.schema):
            yield node.says("no text has both this pattern and this length: change one of them", "pattern")
        elif _contradicts(node.schema):
            yield node.says("no value fits all of its keywords: drop or widen one of them")


def _no_text(schema: Schema) -> bool:
    if "pattern" not in schema or unsafe_pattern(schema["pattern"]) or "enum" in schema:
        return False
    try:
        return shortest(schema["pattern"], schema.get("minLength", 0), schema.get("maxLength")) is None
    except Undecided:
        return False


def _contradicts(schema: Schema) -> bool:
    alone = {**strip_annotations(schema), **({"items": {}} if "items" in schema else {})}
    if unsafe_pattern(alone.get("pattern", "^$")):
        return False
    reasons = find_unsatisfiable(alone).values()
    return any(not isinstance(reason, UnsatisfiableReason.Literal) for reason in reasons)


def depth(subject: Subject) -> Iterator[Told]:
    """Objects and lists are nested at most 3 deep below the event: each level makes columns' names longer."""
    for node in _entered(subject):
        levels = subject.assembly.extent(node).levels
        if levels > MAX_NESTING:
            yield node.says(f"is nested {levels} deep, {MAX_NESTING} is the most: flatten what is within")


def size(subject: Subject) -> Iterator[Told]:
    """An event has at most 1000 single values, those of its fragments counted: each is a column."""
    for event in subject.tree.events:
        file = f"schemas/{event}/schema.json"
        own = [node for node in _entered(subject) if node.file == file]
        values = sum(subject.assembly.extent(node).values for node in own)
        if values > MAX_FIELDS:
            yield file, "/properties", f"has {values} values, {MAX_FIELDS} is the most: make two events"


def _entered(subject: Subject) -> Iterator[Node]:
    """Yield the fields right below events and the envelope."""
    for node in subject.nodes:
        ours = node.file == f"schemas/shared/{ENVELOPE}.json" or not node.file.startswith("schemas/shared/")
        if ours and node.name is not None and not node.in_list:
            yield node


def enum_case(subject: Subject) -> Iterator[Told]:
    """Values of an enum differ by more than case: somebody will group by the wrong one."""
    for node in subject.nodes:
        seen: dict[str, str] = {}
        for index, value in enumerate(node.schema.get("enum", ())):
            other = seen.setdefault(value.upper(), value)
            if other != value:
                message = f"`{value}` differs from `{other}` only by case: keep one of them"
                yield node.says(message, "enum", str(index))


_QUEST = ("quest/schema.json", "quest/examples/valid/won.json", "quest/examples/invalid/no_points.json")
_MONEY = {"$ref": "../shared/money.json"}
_DEEP = merged(
    fragment(
        f"level_{n}",
        **closed(**{f"step_{n}": {"$ref": f"level_{n + 1}.json"} if n <= MAX_NESTING else text()}),
    )
    for n in range(1, MAX_NESTING + 2)
)
_PAGE = fragment("page", **closed(**{f"line_{n}": text() for n in range(100)}))

RULES = (
    Rule("UNREADABLE", unreadable, valid=field(type="boolean"), invalid={"quest/schema.json": ["no object"]}),
    Rule("DIALECT", dialect, valid=field(**text()), invalid=field(**text(maxLength=None, maxlength=9))),
    Rule("NO_EVENTS", some_event, valid=schema(title="Quest"), invalid=dict.fromkeys(_QUEST)),
    Rule(
        "REFERENCE",
        reference,
        valid=fields(prize=_MONEY),
        invalid=fields(prize={"$ref": "../shared/price.json"}),
    ),
    Rule(
        "REQUIRED_UNKNOWN",
        required_unknown,
        valid=schema(required=["points"]),
        invalid=schema(required=["points", "score"]),
    ),
    Rule(
        "BOUNDS",
        bounds,
        valid=field(type="integer", minimum=4, maximum=5),
        invalid=field(type="integer", minimum=5, maximum=4),
    ),
    Rule(
        "FORMAT_ALONE",
        format_alone,
        valid=field(type="string", format="uuid"),
        invalid=field(type="string", format="uuid", maxLength=36),
    ),
    Rule(
        "PATTERN", pattern, valid=field(**text(pattern="^[0-9]+$")), invalid=field(**text(pattern=r"^\d+$"))
    ),
    Rule(
        "UNSATISFIABLE",
        unsatisfiable,
        valid=field(**text(pattern="^[a-z]{3}$")),
        invalid=field(**text(pattern="^[a-z]{10}$")),
    ),
    Rule(
        "DEPTH",
        depth,
        valid=merged((_DEEP, fields(steps={"$ref": "../shared/level_2.json"}))),
        invalid=merged((_DEEP, fields(steps={"$ref": "../shared/level_1.json"}))),
    ),
    Rule(
        "SIZE",
        size,
        valid=merged((_PAGE, fields(page={"$ref": "../shared/page.json"}))),
        invalid=merged((_PAGE, fields(**{f"page_{n}": {"$ref": "../shared/page.json"} for n in range(11)}))),
    ),
    Rule(
        "ENUM_CASE",
        enum_case,
        valid=field(type="string", enum=["easy", "hard"]),
        invalid=field(type="string", enum=["easy", "Easy"]),
    ),
)
