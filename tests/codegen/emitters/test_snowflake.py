import pytest

from questlog_codegen.contracts import Version
from questlog_codegen.emitters.snowflake import FOLDER, emit
from questlog_codegen.emitters.snowflake_tables import DEDUPE_DAYS
from tests.repository import ROOT, shipped_catalog
from tests.warehouse.contracts import QUEST, catalog, quest

TABLE = """\
-- Generated from schemas/quest/schema.json. Do not edit; run `nox -s codegen`.
CREATE TABLE IF NOT EXISTS CORE.QUEST_1 (
  GAME_ID VARCHAR NOT NULL,
  RECEIVED_AT TIMESTAMP_NTZ(3) NOT NULL,
  SENT_AT TIMESTAMP_NTZ(3),
  REQUEST_ID VARCHAR,
  SCHEMA_VERSION VARCHAR(16) NOT NULL,
  EVENT_ID VARCHAR(36) NOT NULL,
  OCCURRED_AT TIMESTAMP_NTZ(3) NOT NULL,
  NAME VARCHAR(16) NOT NULL,
  CODE VARCHAR(9),
  KIND VARCHAR(64),
  DAY DATE,
  SCORE NUMBER(4,0) NOT NULL,
  RATIO FLOAT,
  WON BOOLEAN NOT NULL,
  TAGS ARRAY,
  REWARD_ITEM VARCHAR(8),
  REWARD_LEVEL NUMBER(1,0),
  CONSTRAINT QUEST_1_KEY PRIMARY KEY (GAME_ID, EVENT_ID) NOT ENFORCED NORELY
);

CREATE STREAM IF NOT EXISTS LANDING.EVENTS_FOR_QUEST_1 ON TABLE LANDING.EVENTS
  APPEND_ONLY = TRUE SHOW_INITIAL_ROWS = TRUE;
"""


def emitted(*versions: Version) -> dict[str, str]:
    """File name -> text, of the SQL."""
    files = emit(catalog(*(versions or (quest(),))))
    return {path.rsplit("/", 1)[1]: text for path, text in files.items() if path.startswith(FOLDER)}


def test_a_table_has_the_columns_of_its_contract() -> None:
    assert emitted()["V0011__quest_1_0.sql"] == TABLE


def test_the_files_of_a_contract() -> None:
    assert set(emitted()) == {
        "V0011__quest_1_0.sql",
        "R__load_quest_1.sql",
        "R__mart_quest.sql",
        "R__player_activity.sql",
        "R__rejected.sql",
        "R__time_lateness.sql",
        "R__time_travel.sql",
        "R__version_usage.sql",
        "R__zz_grants_events.sql",
        "erase_player.sql",
    }


def test_emitting_twice_gives_the_same_bytes() -> None:
    assert emit(shipped_catalog()) == emit(shipped_catalog())


def test_the_committed_files_are_what_is_emitted() -> None:
    files = emit(shipped_catalog())
    assert {path: (ROOT / path).read_text(encoding="utf-8") for path in files} == files


def test_a_description_reaches_only_files_that_may_change() -> None:
    edited = quest(score={**QUEST["properties"]["score"], "description": "Points of the whole party."})
    before, after = emitted(), emitted(edited)
    assert {name for name in after if before[name] != after[name]} == {"R__load_quest_1.sql"}


def test_every_column_is_commented_with_quotes_escaped() -> None:
    comments = [
        line for line in emitted()["R__load_quest_1.sql"].splitlines() if line.startswith("COMMENT ON COLUMN")
    ]
    assert len(comments) == TABLE.count("\n  ") - 2
    assert "COMMENT ON COLUMN CORE.QUEST_1.NAME IS 'The quest''s name.';" in comments


def test_personal_data_is_tagged() -> None:
    tags = [line for line in emitted()["R__load_quest_1.sql"].splitlines() if "SET TAG" in line]
    assert tags == ["ALTER TABLE CORE.QUEST_1 MODIFY COLUMN NAME SET TAG CORE.PII = 'personal';"]


def test_duplicates_are_known_longer_than_the_sdk_keeps_an_event() -> None:
    assert DEDUPE_DAYS > 14
    assert f"DATEADD('day', -{DEDUPE_DAYS}, S.RECEIVED_AT)" in emitted()["R__load_quest_1.sql"]


def test_a_table_takes_all_minors_of_its_major_and_has_the_columns_of_the_newest() -> None:
    level = {"description": "Level.", "type": "integer", "minimum": 0, "maximum": 9}
    files = emitted(quest(1, 0), quest(1, 1, level=level))
    assert "schema_version::VARCHAR IN ('1.0', '1.1')" in files["R__load_quest_1.sql"]
    assert "event.level::VARCHAR, 1, 0) AS LEVEL" in files["R__load_quest_1.sql"]
    assert "\n      LEVEL" in files["R__mart_quest.sql"]


def test_each_major_has_a_table_a_stream_and_a_task_of_its_own() -> None:
    files = emitted(quest(1), quest(2))
    assert {
        "V0011__quest_1_0.sql",
        "V0012__quest_2_0.sql",
        "R__load_quest_1.sql",
        "R__load_quest_2.sql",
    } <= set(files)
    assert "ON TABLE LANDING.EVENTS" in files["V0012__quest_2_0.sql"]
    assert "schema_version::VARCHAR IN ('2.0')" in files["R__load_quest_2.sql"]


def test_the_mart_has_the_columns_of_all_majors() -> None:
    shorter = quest(2, 0, code=None, score={"description": "Rank.", "type": "string", "maxLength": 4})
    mart = emitted(quest(1), shorter)["R__mart_quest.sql"]
    newer, older = mart.split("UNION ALL")
    assert "FROM CORE.QUEST_2" in newer
    assert "CAST(NULL AS VARCHAR) AS CODE" in newer
    assert "\n      CODE" in older
    assert "CAST(SCORE AS VARCHAR) AS SCORE" in newer
    assert "CAST(SCORE AS VARCHAR) AS SCORE" in older


def test_the_merge_and_the_reject_query_ask_the_same_rules() -> None:
    files = emitted()

    def asked(name: str) -> list[str]:
        return [
            line.strip()
            for line in files[name].splitlines()
            if line.strip().startswith("WHEN ") and "/" in line
        ]

    of_the_merge = [rule for rule in asked("R__load_quest_1.sql") if "SYSTEM$" not in rule]
    assert of_the_merge
    assert set(of_the_merge) <= set(asked("R__rejected.sql"))


def test_a_table_is_clustered_by_day_and_field_in_a_file_that_may_change() -> None:
    clustered = Version("quest", 1, 0, {**quest().schema, "x-cluster": "kind"})
    before, after = emitted(), emitted(clustered)
    statement = "ALTER TABLE CORE.QUEST_1 CLUSTER BY (TO_DATE(RECEIVED_AT){});"
    assert statement.format("") in before["R__load_quest_1.sql"]
    assert statement.format(", KIND") in after["R__load_quest_1.sql"]
    assert {name for name in after if before[name] != after[name]} == {"R__load_quest_1.sql"}


def test_a_view_is_made_again_for_each_version() -> None:
    before, after = emitted(quest()), emitted(quest(), quest(1, 1))
    assert "All versions together: 1.0, 1.1." in after["R__mart_quest.sql"]
    assert before["R__mart_quest.sql"] != after["R__mart_quest.sql"]


def test_the_view_of_versions_knows_all_of_them() -> None:
    usage = emitted(quest(), quest(1, 1), quest(2))["R__version_usage.sql"]
    assert "('quest', '1.0', 'older'),\n  ('quest', '1.1', 'older'),\n  ('quest', '2.0', 'newest')\n" in usage
    assert usage.count("FROM CORE.QUEST_") == 2


@pytest.mark.parametrize("name", sorted(emitted()))
def test_a_file_begins_with_its_source(name: str) -> None:
    assert emitted()[name].startswith("-- Generated from schemas/")
