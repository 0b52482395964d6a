from typing import Any

import pytest

from questlog_codegen.contracts import Version
from questlog_codegen.emitters.snowflake import FOLDER, emit
from questlog_codegen.emitters.snowflake_marts import TIME_COLUMNS
from questlog_codegen.errors import ContractError
from tests.warehouse.contracts import catalog, quest

NUMBER = {"description": "Number of the player.", "type": "integer", "minimum": 0, "maximum": 9}
PLAYER = {"description": "Who it is.", "type": "string", "maxLength": 36}


def emitted(name: str, *versions: Version) -> str:
    return emit(catalog(*(versions or (quest(),))))[f"{FOLDER}/{name}"]


@pytest.mark.parametrize("field", [name.lower() for name in TIME_COLUMNS])
def test_a_field_that_would_be_what_the_mart_says_of_time_is_refused(field: str) -> None:
    properties: dict[str, Any] = {field: NUMBER}
    with pytest.raises(ContractError) as caught:
        emit(catalog(quest(**properties)))
    (finding,) = caught.value.findings
    assert (finding.code, finding.pointer) == ("COLUMN_TAKEN", f"/properties/{field}")
    assert finding.message.endswith("choose another name")


def test_a_field_of_an_older_version_is_refused_as_well() -> None:
    with pytest.raises(ContractError, match="EVENT_AT"):
        emit(catalog(quest(1, event_at=NUMBER), quest(2)))


def test_the_mart_names_its_columns_so_that_a_new_one_reaches_it_with_its_file() -> None:
    inner = emitted("R__mart_quest.sql").split("FROM (")[-1]
    assert "*" not in inner.partition("COMMENT")[0]


def test_activity_has_nothing_where_a_contract_has_no_player() -> None:
    activity = emitted("R__player_activity.sql", quest(install_id=PLAYER))
    assert "\n  INSTALL_ID,\n  CAST(NULL AS VARCHAR) AS PLAYER_ID,\n" in activity


def test_activity_is_text_where_a_player_is_a_number() -> None:
    activity = emitted("R__player_activity.sql", quest(1, player_id=PLAYER), quest(2, player_id=NUMBER))
    assert "\n  CAST(PLAYER_ID AS VARCHAR) AS PLAYER_ID,\n" in activity


@pytest.mark.parametrize(
    "name", ["R__mart_quest.sql", "R__player_activity.sql", "R__time_lateness.sql", "R__version_usage.sql"]
)
def test_a_view_that_is_made_again_keeps_its_grants(name: str) -> None:
    text = emitted(name)
    assert text.count("CREATE OR REPLACE VIEW") == text.count(" COPY GRANTS AS\n") == 1


def test_views_of_all_events_are_made_after_those_of_each() -> None:
    names = sorted(path.removeprefix(f"{FOLDER}/") for path in emit(catalog(quest())))
    assert names.index("R__mart_quest.sql") < names.index("R__player_activity.sql")
    assert names.index("R__mart_quest.sql") < names.index("R__time_lateness.sql")
