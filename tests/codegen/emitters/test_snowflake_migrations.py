import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from questlog_codegen.contracts import Catalog, Contract, Version
from questlog_codegen.emitters.snowflake_migrations import migrations
from questlog_codegen.emitters.snowflake_tables import Table
from tests.warehouse.contracts import QUEST, catalog, quest

LEVEL = {"description": "Level.", "type": "integer", "minimum": 0, "maximum": 9}
NAME = {"description": "Its name.", "type": "string", "maxLength": 40}
SCORE = {"description": "Points.", "type": "integer", "minimum": -99, "maximum": 10**6}
KIND = {"description": "Its kind.", "type": "string", "enum": ["main", "it's", "back\\slash", "bonus"]}

ALTERED = """\
-- Generated from schemas/quest/schema.json. Do not edit; run `nox -s codegen`.
ALTER TABLE CORE.QUEST_1 ALTER COLUMN NAME SET DATA TYPE VARCHAR(40);
ALTER TABLE CORE.QUEST_1 ALTER COLUMN SCORE SET DATA TYPE NUMBER(7,0);
ALTER TABLE CORE.QUEST_1 ALTER COLUMN SCORE DROP NOT NULL;
ALTER TABLE CORE.QUEST_1 ADD COLUMN IF NOT EXISTS LEVEL NUMBER(1,0);
"""


def released(version: Version) -> Version:
    return replace(version, status="released")


def test_a_minor_alters_the_table_of_its_major() -> None:
    grown = quest(1, 1, optional=["score"], name=NAME, score=SCORE, level=LEVEL)
    assert migrations(catalog(quest(), grown))["V0012__quest_1_1.sql"] == ALTERED


def test_a_version_that_leaves_the_columns_alone_makes_no_file_and_takes_no_number() -> None:
    files = migrations(catalog(quest(), quest(1, 1, kind=KIND), quest(1, 2, kind=KIND, level=LEVEL)))
    assert list(files) == ["V0011__quest_1_0.sql", "V0012__quest_1_2.sql"]


def test_a_minor_of_an_older_major_alters_that_majors_table() -> None:
    files = migrations(catalog(quest(1), quest(1, 1, level=LEVEL), quest(2)))
    assert list(files) == ["V0011__quest_1_0.sql", "V0012__quest_1_1.sql", "V0013__quest_2_0.sql"]
    assert "ALTER TABLE CORE.QUEST_1 ADD" in files["V0012__quest_1_1.sql"]
    assert "\n  LEVEL" not in files["V0013__quest_2_0.sql"]


def test_a_frozen_migration_stays_as_it_was_whatever_would_be_generated_now() -> None:
    frozen = {"V0011__quest_1_0.sql": "-- as it was released\n"}
    catalog_of_today = replace(catalog(released(quest())), frozen=frozen, next_migration=12)
    assert migrations(catalog_of_today) == frozen


def test_a_released_version_without_a_frozen_migration_made_none() -> None:
    first, second = released(quest()), released(quest(1, 1, kind=KIND))
    frozen = {"V0011__quest_1_0.sql": "-- as it was released\n"}
    assert migrations(replace(catalog(first, second), frozen=frozen, next_migration=12)) == frozen


def test_an_event_that_sorts_before_takes_a_number_after_the_frozen_ones() -> None:
    arena = Contract("arena", QUEST, (Version("arena", 1, 0, QUEST),), {}, {})
    (released_quest,) = catalog(released(quest())).contracts
    frozen = {"V0011__quest_1_0.sql": "-- as it was released\n"}
    files = migrations(Catalog((arena, released_quest), {}, frozen, next_migration=12))
    assert list(files) == ["V0011__quest_1_0.sql", "V0012__arena_1_0.sql"]


def test_drafts_are_numbered_from_the_first_free_number() -> None:
    frozen = {"V0011__quest_1_0.sql": "-- as it was released\n"}
    versions = released(quest()), quest(1, 1, level=LEVEL)
    files = migrations(replace(catalog(*versions), frozen=frozen, next_migration=40))
    assert list(files) == ["V0011__quest_1_0.sql", "V0040__quest_1_1.sql"]


def wider(version: Version, name: str, bound: str, value: int) -> dict[str, Any]:
    node = version.schema["properties"][name]
    return {name: {**node, bound: node[bound] + value}}


def longer_name(version: Version, by: int) -> dict[str, Any]:
    return wider(version, "name", "maxLength", by)


def higher_score(version: Version, by: int) -> dict[str, Any]:
    return wider(version, "score", "maximum", 10**by)


def free_kind(version: Version, by: int) -> dict[str, Any]:
    return {"kind": {**NAME, "maxLength": 20 * by + version.minor * 200}}


def another_field(version: Version, by: int) -> dict[str, Any]:
    return {f"more_{version.minor}": {**LEVEL, "maximum": 10**by}}


STEPS = (longer_name, higher_score, free_kind, another_field)
OPTIONAL = st.lists(st.sampled_from(["name", "score", "won"]), max_size=1)
HISTORIES = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 9), OPTIONAL), max_size=6)


def grown(history: list[Any]) -> list[Version]:
    """The quest, and a minor for each step that widens what the version before says."""
    versions, properties, optional = [quest()], dict[str, Any](), list[str]()
    for step, by, dropped in history:
        properties |= step(versions[-1], by)
        optional += dropped
        versions.append(quest(1, len(versions), optional=optional, **properties))
    return versions


def replayed(files: Mapping[str, str]) -> dict[str, tuple[str, bool]]:
    """Column -> type and whether it must be there, as a database has it that ran the files."""
    table: dict[str, tuple[str, bool]] = {}
    for text in files.values():
        for name, type_, required in re.findall(r"^  (\w+) ([A-Z_]+\S*?)( NOT NULL)?,$", text, re.MULTILINE):
            table[name] = (type_, bool(required))
        for change, name, rest in re.findall(
            r"CORE\.QUEST_1 (A\w+ COLUMN)(?: IF NOT EXISTS)? (\w+) (.+);", text
        ):
            type_, required = table.get(name, (rest, False))
            if change == "ALTER COLUMN":
                dropped = rest == "DROP NOT NULL"
                type_ = type_ if dropped else rest.removeprefix("SET DATA TYPE ")
                required = required and not dropped
            table[name] = (type_, required)
    return table


@given(HISTORIES)
def test_the_migrations_of_any_history_end_in_the_columns_of_the_table(history: list[Any]) -> None:
    whole = catalog(*grown(history))
    columns = {column.name: (column.type, column.required) for column in Table(whole.contracts[0], 1).columns}
    assert list(replayed(migrations(whole)).items()) == list(columns.items())
