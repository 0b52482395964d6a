"""The ledger: nothing that is deployed goes unnoticed, and what it says of a statement is so."""

from collections import defaultdict

from questlog_warehouse.local import LocalWarehouse
from questlog_warehouse.local.ledger import Execution, Row, kinds
from questlog_warehouse.scripts import account_scripts, scripts
from tests.warehouse.test_scripts import statements


def test_every_statement_of_every_script_is_in_it_in_the_order_it_ran(warehouse: LocalWarehouse) -> None:
    first, *later = account_scripts()
    expected = [sql for script in (first, *scripts(), *later) for sql in statements(script.text)]
    assert [entry.statement for entry in warehouse.ledger] == expected


def test_it_says_how_each_kind_was_executed(warehouse: LocalWarehouse) -> None:
    ways = defaultdict(set)
    for row in kinds(warehouse.ledger):
        ways[row.kind].add(row.how)
    assert ways["CREATE SCHEMA"] == ways["MERGE"] == {"native"}
    assert ways["CREATE STREAM"] == ways["CREATE TASK"] == {"body"}
    assert ways["CREATE MASKING POLICY"] == ways["ALTER MASKING POLICY"] == {"body"}
    assert ways["CLUSTER BY"] == ways["SET TAG"] == ways["CREATE PIPE"] == {"registered"}
    assert {way for kind, hows in ways.items() if kind.startswith("GRANT") for way in hows} == {"registered"}


def test_a_table_with_a_key_that_is_not_enforced_is_rewritten(warehouse: LocalWarehouse) -> None:
    tables = [entry for entry in warehouse.ledger if entry.kind == "CREATE TABLE"]
    assert {entry.how for entry in tables if "NOT ENFORCED" in entry.statement} == {"rewritten"}
    assert {entry.how for entry in tables if "NOT ENFORCED" not in entry.statement} == {"native"}


def test_in_short_it_counts_kinds_in_an_order_that_does_not_change() -> None:
    ledger = [
        Execution("registered", "GRANT b", "GRANT"),
        Execution("native", "CREATE VIEW c", "CREATE VIEW"),
        Execution("rewritten", "CREATE VIEW b", "CREATE VIEW"),
        Execution("registered", "GRANT a", "GRANT"),
        Execution("native", "COMMENT a", "COMMENT"),
    ]
    short = [
        Row("COMMENT", "native", 1),
        Row("CREATE VIEW", "native", 1),
        Row("CREATE VIEW", "rewritten", 1),
        Row("GRANT", "registered", 2),
    ]
    assert kinds(ledger) == kinds(reversed(ledger)) == short


def test_deploying_again_is_in_it_too(warehouse: LocalWarehouse) -> None:
    before = len(warehouse.ledger)
    warehouse.deploy()
    repeatable = [script for script in scripts() if script.version is None]
    again = [sql for script in (*repeatable, *account_scripts()[1:]) for sql in statements(script.text)]
    assert [entry.statement for entry in warehouse.ledger[before:]] == again
