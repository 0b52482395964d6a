from typing import Any

import pytest

from questlog_codegen.contracts import Version
from questlog_codegen.emitters.snowflake_tables import folded
from questlog_codegen.emitters.snowflake_types import Column
from questlog_codegen.errors import ContractError
from tests.warehouse.contracts import QUEST, catalog, quest

LEVEL = {"description": "Level.", "type": "integer", "minimum": 0, "maximum": 9}
NAME = {"description": "The title.", "type": "string", "maxLength": 40}


def column(name: str, *versions: Version) -> Column:
    (found,) = (column for column in folded(versions) if column.name == name)
    return found


def test_columns_keep_the_order_in_which_they_came() -> None:
    first: dict[str, Any] = {"level": LEVEL, **QUEST["properties"]}
    second = Version("quest", 1, 1, {**QUEST, "properties": first})
    names = [column.name for column in folded([quest(), second])]
    assert names == [*(column.name for column in folded([quest()])), "LEVEL"]


def test_a_column_that_came_later_may_be_null_though_its_version_requires_it() -> None:
    required = {**QUEST, "required": [*QUEST["required"], "level"]}
    second = Version("quest", 1, 1, {**required, "properties": {**QUEST["properties"], "level": LEVEL}})
    assert not column("LEVEL", quest(), second).required


def test_a_column_is_not_null_when_every_version_requires_it() -> None:
    optional = quest(1, 1, optional=["won"])
    assert column("WON", quest(), quest(1, 1)).required
    assert not column("WON", quest(), optional, quest(1, 2)).required


def test_meaning_and_expression_are_the_newest_versions() -> None:
    score = {"description": "All points.", "type": "integer", "minimum": -99, "maximum": 10**6}
    grown = column("SCORE", quest(), quest(1, 1, score=score))
    assert (grown.type, grown.description) == ("NUMBER(7,0)", "All points.")
    assert grown.value == "TRY_TO_NUMBER(RECORD_CONTENT:event.score::VARCHAR, 7, 0)"


def test_a_list_of_values_that_became_a_short_text_keeps_its_width() -> None:
    kind = {"description": "Its kind.", "type": "string", "maxLength": 9}
    assert column("KIND", quest(), quest(1, 1, kind=kind)).type == "VARCHAR(64)"
    assert column("NAME", quest(), quest(1, 1, name=NAME)).type == "VARCHAR(40)"


def test_a_field_that_is_gone_leaves_its_column() -> None:
    assert column("SCORE", quest(), quest(1, 1, score=None)) == Column(
        name="SCORE",
        type="NUMBER(4,0)",
        value="TRY_TO_NUMBER(RECORD_CONTENT:event.score::VARCHAR, 4, 0)",
        required=False,
        description="Points.",
        pointer="/score",
    )


def test_a_field_whose_column_cannot_follow_is_refused() -> None:
    score = {"description": "Points.", "type": "number", "minimum": 0, "maximum": 9}
    with pytest.raises(ContractError) as caught:
        folded([quest(), quest(1, 1, score=score)])
    (finding,) = caught.value.findings
    assert str(finding) == (
        "schemas/quest/schema.json#/properties/score COLUMN_TYPE"
        " NUMBER cannot become FLOAT in quest/1.1: give the field another name"
    )


def test_each_major_begins_anew() -> None:
    (contract,) = catalog(quest(), quest(1, 1, name=NAME), quest(2)).contracts
    assert column("NAME", *contract.of_major(2)).type == "VARCHAR(16)"
