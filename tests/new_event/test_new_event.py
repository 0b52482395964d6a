"""The promise to schema authors: one file and its examples, one command, and every layer knows the event."""

from pathlib import Path

import pytest

from tests.new_event.copies import copied, run
from tests.new_event.level_complete import write_level_complete

ELSEWHERE = (
    *("tests/new_event", "tests/changed_event", "tests/packaging", "tests/pipeline"),
    *("tests/codegen/compatibility", "tests/codegen/patterns", "tests/codegen/releases"),
    *("tests/sdk/outbox", "tests/sdk/commands", "tests/sdk/testing", "tests/hostile"),
    *("tests/api/server", "tests/api/gate", "tests/api/replay", "tests/api/commands"),
    *("tests/bench", "tests/chaos", "tests/load", "tests/seeded", "tests/api/deploy", "tests/api/sinks"),
    *("tests/warehouse/commands", "tests/warehouse/test_money.py", "tests/warehouse/test_migrations.py"),
    *("tests/warehouse/test_fx.py", "tests/warehouse/test_fx_files.py", "tests/warehouse/test_currency.py"),
    *("tests/warehouse/test_exactly_once.py", "tests/warehouse/test_server.py"),
    *("tests/warehouse/test_retention.py", "tests/warehouse/test_warehouse.py"),
    *("tests/warehouse/test_snowflake.py", "tests/warehouse/test_loader.py", "tests/warehouse/test_time.py"),
    *("tests/warehouse/test_conflicts.py", "tests/sdk/test_disk_queue.py", "tests/sdk/test_pipeline.py"),
    *("tests/sdk/test_pipeline_privacy.py", "tests/sdk/test_worker.py", "tests/sdk/test_worker_survival.py"),
    *("tests/sdk/test_client_processes.py", "tests/sdk/test_async_client.py", "tests/sdk/test_storer.py"),
)
"""Tests that say nothing about a new event, or would run this one again."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository to which the event was added, and one command run."""
    copy = copied(tmp_path_factory.mktemp("new_event"))
    write_level_complete(copy)
    generated = run(copy, "-m", "questlog_codegen")
    assert generated.returncode == 0, generated.stderr
    return copy


def test_every_layer_takes_the_event_from_the_typed_call_to_the_typed_row(copy: Path) -> None:
    played = run(copy, "-m", "tests.new_event.play")
    assert played.returncode == 0, played.stderr


def test_all_tests_are_green_and_the_new_operation_is_fuzzed(copy: Path) -> None:
    # tests/contract fuzzes every event in schemas/, and says so in a test of its own.
    result = run(copy, "-m", "pytest", "-n0", *(f"--ignore={folder}" for folder in ELSEWHERE))
    assert result.returncode == 0, result.stdout[-5000:]


def test_the_typed_call_is_known_to_a_type_checker(copy: Path) -> None:
    (copy / "caller.py").write_text(
        "import questlog\n"
        "def play(client: questlog.Client) -> str:\n"
        "    return client.level_complete(level=1, stars=3)\n"
    )
    checked = run(copy, "-m", "mypy", "--strict", "caller.py")
    assert checked.returncode == 0, checked.stdout


def test_what_is_generated_is_up_to_date(copy: Path) -> None:
    assert run(copy, "-m", "questlog_codegen", "--check").returncode == 0
