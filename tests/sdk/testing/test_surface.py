"""What `questlog.testing` has, compared to what it stands in for."""

import inspect
import subprocess
import sys

import pytest

import questlog
from questlog import testing

# What a test needs of its own, and what needs a disk.
OWN = {"events", "dropped", "of", "clear"}


def _public(kind: type) -> set[str]:
    return {name for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize(
    ("recorder", "real"),
    [
        (testing.RecordingClient, questlog.Client),
        (testing.AsyncRecordingClient, questlog.AsyncClient),
    ],
)
def test_a_recorder_has_all_that_a_client_has(recorder: type, real: type) -> None:
    assert _public(real) == _public(recorder) - OWN
    for name in ("flush", "close", "purge", "for_player", "stats"):
        parameters = [inspect.signature(getattr(each, name)).parameters for each in (recorder, real)]
        assert list(parameters[0]) == list(parameters[1])


def test_importing_the_sdk_imports_neither_this_nor_pytest() -> None:
    program = (
        "import sys, questlog; print([m for m in sys.modules if m in ('pytest', 'http.server', 'argparse')"
        " or m.startswith(('questlog.testing', 'questlog._commands'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_all_of_it_is_documented_with_an_example() -> None:
    for kind in (testing.RecordingClient, testing.AsyncRecordingClient, testing.FakeServer):
        assert "\n        with" in (text := inspect.getdoc(kind) or "") or "\n    " in text
        members = [getattr(kind, name) for name in _public(kind)]
        assert all(inspect.getdoc(member) for member in members)
