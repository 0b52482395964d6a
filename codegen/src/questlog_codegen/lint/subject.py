"""What rules look at: every schema object there is, and every event put together."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from questlog_codegen.contracts import Schema
from questlog_codegen.dialect import Dialect, Kind
from questlog_codegen.lint.assembly import Assembly, assemble, reached
from questlog_codegen.lint.nodes import Node, Told, walk
from questlog_codegen.tree import ENVELOPE, SchemaTree

MAX_FINDINGS = 100
"""Most findings told of one file; a file with more was written for another system."""

_DIALECT = "schemas/dialect.json"


@dataclass(frozen=True)
class Subject:
    """A tree as rules see it.

    `visited` are all schema objects, `misfits` what in them breaks the dialect. `codes` are those of all
    rules, `waivable` the ones that waivers may name, `used` the waivers that silence something.
    """

    tree: SchemaTree
    today: date
    visited: tuple[Node, ...]
    misfits: tuple[Told, ...]
    codes: frozenset[str] = frozenset()
    waivable: frozenset[str] = frozenset()
    used: Collection[object] = ()

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The schema objects that obey the dialect: the ones that rules can count on."""
        return tuple(node for node in self.visited if node.fits)

    @cached_property
    def by_age(self) -> tuple[Node, ...]:
        """The same objects, first those that something released is made of, which cannot change."""
        tree = self.tree
        events = {key.split("/")[0] for key in tree.released} & tree.events.keys()
        made_of = [*(tree.events[event] for event in events), tree.fragments[ENVELOPE]]
        fragments = reached(made_of, tree.fragments) | {ENVELOPE} if events else set()
        settled = {f"schemas/{event}/schema.json" for event in events}
        settled |= {f"schemas/shared/{name}.json" for name in fragments}
        return tuple(sorted(self.nodes, key=lambda node: node.file not in settled))

    @cached_property
    def assembly(self) -> Assembly:
        """Events and fragments put together from all that is right in them."""
        broken = {(node.file, node.pointer) for node in self.visited if not node.fits}
        return assemble(self._known(), broken)

    @cached_property
    def unreadable(self) -> frozenset[str]:
        """Files that are empty objects in the tree because they cannot be read."""
        return frozenset(finding.file for finding in self.tree.unreadable)

    def _known(self) -> SchemaTree:
        """The tree without the files that were not gone through to their end."""
        files = {node.file for node in self.visited}
        known = {(kind, name) for kind, name, file, _ in _files(self.tree) if file in files}
        return replace(
            self.tree,
            fragments={
                name: schema if ("fragment", name) in known else {}
                for name, schema in self.tree.fragments.items()
            },
            events={
                name: schema if ("event", name) in known else {} for name, schema in self.tree.events.items()
            },
        )


def examine(tree: SchemaTree, today: date) -> Subject:
    """Return `tree` as rules see it."""
    unreadable = {finding.file for finding in tree.unreadable}
    try:
        dialect = Dialect(tree.dialect)
    except ValueError as error:
        reason = str(error).splitlines()[0][:200]
        told = (_DIALECT, "", f"defines no events, fragments and fields: restore it from git ({reason})")
        return Subject(tree, today, (), () if _DIALECT in unreadable else (told,))
    visited: list[Node] = []
    misfits: list[Told] = []
    for kind, _, file, schema in _files(tree):
        if file not in unreadable:
            _visit(walk(file, kind, schema, dialect), visited, misfits)
    return Subject(tree, today, tuple(visited), tuple(misfits))


def _files(tree: SchemaTree) -> Iterator[tuple[Kind, str, str, Schema]]:
    """Yield every schema file: fragments first, so that what an event repeats is told of the event."""
    for name, schema in tree.fragments.items():
        yield "fragment", name, f"schemas/shared/{name}.json", schema
    for event, schema in tree.events.items():
        yield "event", event, f"schemas/{event}/schema.json", schema


def _visit(walked: Iterator[Node | Told], visited: list[Node], misfits: list[Told]) -> None:
    """Go through a file; forget its objects as soon as it is plainly written for another system."""
    nodes: list[Node] = []
    wrong = 0
    for found in walked:
        if isinstance(found, Node):
            nodes.append(found)
            continue
        misfits.append(found)
        wrong += 1
        if wrong > MAX_FINDINGS:
            return
    visited += nodes
