from questlog_codegen.emitters.snowflake_document import document
from tests.repository import shipped_catalog
from tests.warehouse.contracts import catalog, quest


def test_every_table_has_a_section_with_its_owner_and_columns() -> None:
    text = document(catalog(quest()))
    assert "### CORE.QUEST_1" in text
    assert "Event `quest`, version 1.0. Owner: design." in text
    assert "| `SCORE` | NUMBER(4,0) |  |  | Points. |" in text
    assert "| `NAME` | VARCHAR(16) |  | personal | The quest's name. |" in text
    assert "| `KIND` | VARCHAR(64) | yes |  |" in text


def test_columns_all_tables_share_are_told_once() -> None:
    text = document(catalog(quest(1), quest(2, score=None)))
    assert text.count("| `EVENT_ID` |") == 1
    assert text.count("| `WON` |") == 2


def test_the_document_says_where_it_is_from() -> None:
    first = document(shipped_catalog()).splitlines()[0]
    assert first == "<!-- Generated from schemas/. Do not edit; run `nox -s codegen`. -->"


def test_nothing_of_the_frame_is_left_to_fill_in() -> None:
    assert "${" not in document(shipped_catalog())
