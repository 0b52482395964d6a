import json

import pytest

from questlog_codegen.__main__ import main
from questlog_codegen.contracts import Contract
from questlog_codegen.reference import violations
from tests.repository import ROOT, shipped_catalog

EVENTS = ", ".join(contract.event for contract in shipped_catalog().contracts)


def sample(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, object]]:
    assert main(["sample", *arguments, "--root", str(ROOT)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize("contract", shipped_catalog().contracts, ids=lambda contract: contract.event)
def test_samples_are_valid_events(contract: Contract, capsys: pytest.CaptureFixture[str]) -> None:
    events = sample(capsys, contract.event, "--count", "20")
    assert [violations(contract.newest.schema, event) for event in events] == [[]] * 20


def test_the_same_seed_gives_the_same_events_another_one_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first, again = sample(capsys, "purchase"), sample(capsys, "purchase")
    assert first == again
    assert sample(capsys, "purchase", "--seed", "1") != first


def test_an_example_has_not_what_code_generation_puts_in(capsys: pytest.CaptureFixture[str]) -> None:
    (event,), (example,) = sample(capsys, "purchase"), sample(capsys, "purchase", "--example")
    assert event == {**example, "event": "purchase", "schema_version": event["schema_version"]}
    assert not {"event", "schema_version"} & example.keys()


@pytest.mark.parametrize("count", ["0", "-3", "1.5", "many"])
def test_a_count_that_is_none_is_wrong_usage(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["sample", "purchase", f"--count={count}"])
    assert exit_.value.code == 2
    assert f"{count} is no number of events: write 1 or more" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), f"there are: {EVENTS}"),
        (("purchase", "--version", "7.0"), "purchase has no version 7.0"),
    ],
)
def test_an_unknown_event_or_version_is_told_with_those_there_are(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sample", *arguments, "--root", str(ROOT)]) == 1
    assert words in capsys.readouterr().err
