import re
from io import StringIO

import pytest
from snowflake.connector.util_text import split_statements
from sqlfluff.core import FluffConfig, Linter

from questlog_warehouse.local import LocalWarehouse
from questlog_warehouse.scripts import Script, account_scripts, ordered, scripts
from tests.warehouse.document import Block, documented

PARSER = Linter(config=FluffConfig(overrides={"dialect": "snowflake", "large_file_skip_byte_limit": 0}))


def statements(text: str) -> list[str]:
    split = split_statements(StringIO(text), remove_comments=True)
    stripped = (statement.strip().removesuffix(";").rstrip() for statement, _ in split)
    return [statement for statement in stripped if statement]


def syntax_errors(sql: str) -> list[str]:
    # sqlfluff 4.5 knows of this one statement neither the schema of the policy nor FORCE; Snowflake does:
    # https://docs.snowflake.com/en/sql-reference/sql/alter-tag
    sql = re.sub(r"(ALTER TAG \S+ SET MASKING POLICY )CORE\.(\w+) FORCE", r"\1\2", sql)
    return [str(error) for error in PARSER.parse_string(sql).violations]


def test_numbered_scripts_come_first_in_order_then_the_repeatable_ones_by_name() -> None:
    names = [script.name for script in scripts()]
    numbered = [name for name in names if name.startswith("V")]
    assert names == sorted(numbered) + sorted(name for name in names if name.startswith("R"))
    assert names[0] == "V0001__landing.sql"


def test_numbers_are_compared_as_numbers() -> None:
    names = [f"V{number}__a.sql" for number in ("10", "9")]
    assert [script.version for script in ordered(Script(name, "") for name in names)] == [9, 10]


def test_two_scripts_with_one_number_are_refused() -> None:
    twice = [Script("V0001__a.sql", ""), Script("V0001__b.sql", "")]
    with pytest.raises(ValueError, match="two scripts have the number V0001: give one the next free number"):
        ordered(twice)


@pytest.mark.parametrize("script", [*account_scripts(), *scripts()], ids=lambda script: script.name)
def test_a_script_is_snowflake_sql_to_sqlfluff(script: Script) -> None:
    assert syntax_errors(script.text) == []


@pytest.mark.parametrize("block", documented(), ids=lambda block: " ".join(block.sql.split()[:3]))
def test_an_example_of_the_document_is_snowflake_sql_to_sqlfluff(block: Block) -> None:
    assert syntax_errors(block.sql) == []


def test_sqlfluff_would_notice_a_mistake() -> None:
    assert syntax_errors("CREATE TABLE IF NOT EXISTS A (B VARCHAR NOT NUL);") != []


def test_a_second_deployment_changes_nothing(warehouse: LocalWarehouse) -> None:
    objects = "SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES ORDER BY 1, 2"
    before = warehouse.query(objects), warehouse.query("SELECT * FROM REF.CURRENCY ORDER BY CURRENCY")
    warehouse.deploy()
    after = warehouse.query(objects), warehouse.query("SELECT * FROM REF.CURRENCY ORDER BY CURRENCY")
    assert before == after


def test_every_tag_is_set_on_a_column_that_exists(warehouse: LocalWarehouse) -> None:
    rows = warehouse.query("SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS")
    existing = {(f"{row['TABLE_SCHEMA']}.{row['TABLE_NAME']}", row["COLUMN_NAME"]) for row in rows}
    words = [entry.statement.split() for entry in warehouse.ledger if "SET TAG" in entry.statement]
    assert words
    assert {(word[2], word[5]) for word in words} <= existing


def test_every_column_of_every_table_has_a_comment(warehouse: LocalWarehouse) -> None:
    silent = warehouse.query(
        "SELECT TABLE_NAME, COLUMN_NAME FROM INFORMATION_SCHEMA.COLUMNS"
        " WHERE TABLE_SCHEMA IN ('LANDING', 'CORE', 'REF') AND COMMENT IS NULL"
        " AND TABLE_NAME IN"
        " (SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = 'BASE TABLE')"
    )
    assert silent == []
