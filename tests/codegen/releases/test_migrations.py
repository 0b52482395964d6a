import json
from typing import Any

import pytest

from questlog_codegen.emitters.snowflake import FOLDER
from tests.codegen.project import Project
from tests.codegen.releases.released import BOOLEAN, ledger, run


def test_a_migration_keeps_its_number_when_an_earlier_event_is_added(released: Project) -> None:
    for path in (released.root / "schemas/quest").rglob("*.json"):
        name = path.relative_to(released.root / "schemas/quest").as_posix()
        if not name.startswith("versions"):
            value = json.loads(path.read_text(encoding="utf-8"))
            title = {"title": "Battle"} if name == "schema.json" else {}
            released.write(f"battle/{name}", {**value, **title})
    run(released)
    names = {path.name for path in (released.root / FOLDER).glob("V*.sql")}
    assert names == {"V0011__quest_1_0.sql", "V0012__battle_1_0.sql"}


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_text("-- other\n")])
def test_a_released_migration_stays_as_it_is(released: Project, change: Any) -> None:
    change(released.root / FOLDER / "V0011__quest_1_0.sql")
    assert released.only_finding().code in {"RELEASED_MISSING", "RELEASED_CHANGED"}


FOUNDATION = "warehouse/src/questlog_warehouse/foundation"


def hand_written(
    project: Project, name: str, content: bytes = b"CREATE SCHEMA IF NOT EXISTS MORE;\n"
) -> None:
    path = project.root / FOUNDATION / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_a_hand_written_migration_is_frozen_too_and_drafts_come_after_it(released: Project) -> None:
    hand_written(released, "V0012__more.sql")
    released.write("quest/schema.json", released.schema(won=BOOLEAN))
    run(released, "release", "--yes")
    assert list(ledger(released)["migrations"]) == [
        "V0011__quest_1_0.sql",
        "V0012__more.sql",
        "V0013__quest_1_1.sql",
    ]


def test_a_hand_written_migration_that_would_be_skipped_is_refused(released: Project) -> None:
    hand_written(released, "V0004__more.sql")
    finding = released.only_finding()
    assert (finding.code, finding.file) == ("MIGRATION_NUMBER", f"{FOUNDATION}/V0004__more.sql")
    assert "give it the number 12 or more" in finding.message


@pytest.mark.parametrize(
    "name",
    ["V14__more.sql", "V0014__Add_More.sql", "V0014__add-more.sql", "v0014__more.sql", "V0014_more.sql"],
)
def test_a_hand_written_migration_is_named_as_they_all_are(released: Project, name: str) -> None:
    hand_written(released, name)
    finding = released.only_finding()
    assert (finding.code, finding.file) == ("MIGRATION_NAME", f"{FOUNDATION}/{name}")


@pytest.mark.parametrize("content", [b"SELECT 1;\r\n", b"-- \xff\n"])
def test_a_hand_written_migration_is_hashed_as_it_lies_there(released: Project, content: bytes) -> None:
    hand_written(released, "V0012__more.sql", content)
    assert run(released, "release", "--yes") == 0
    assert run(released, "check") == 0


def test_two_hand_written_migrations_of_one_number_are_refused(released: Project) -> None:
    hand_written(released, "V0012__more.sql")
    hand_written(released, "V0012__most.sql")
    finding = released.only_finding()
    assert (finding.code, finding.file) == ("MIGRATION_NUMBER", f"{FOUNDATION}/V0012__most.sql")


def test_two_branches_that_released_the_same_number_are_found_when_merged(released: Project) -> None:
    digest = "0" * 64
    migrations = {**ledger(released)["migrations"], "V0011__other_1_0.sql": digest}
    released.write("released.json", {"contracts": ledger(released)["contracts"], "migrations": migrations})
    codes = {finding.code: finding.message for finding in released.findings()}
    assert "two branches released at once" in codes["MIGRATION_NUMBER"]
