import json
import subprocess
import sys
from pathlib import Path

import questlog

SCHEMAS = Path(__file__).parents[2] / "schemas"
HAND_WRITTEN = {
    "AsyncClient",
    "Client",
    "Context",
    "Drop",
    "Emitter",
    "Event",
    "InvalidEvent",
    "PlayerClient",
    "QuestlogError",
    "Rejection",
    "Stats",
    "Violation",
    "install_id",
    "uuid7",
}
GENERATED = {"App", "Currency", "Device", "EVENTS", "EventMethods", "Money", "Store"}


def test_the_public_names_are_these_and_the_events() -> None:
    titles = {json.loads(path.read_text("utf-8"))["title"] for path in SCHEMAS.glob("*/schema.json")}
    assert set(questlog.__all__) == HAND_WRITTEN | GENERATED | titles


def test_every_public_name_is_there_once() -> None:
    assert len(questlog.__all__) == len(set(questlog.__all__))
    assert all(hasattr(questlog, name) for name in questlog.__all__)


def test_every_public_class_is_documented() -> None:
    named = [getattr(questlog, name) for name in questlog.__all__]
    assert all(each.__doc__ for each in named if isinstance(each, type))


def test_every_event_has_a_typed_method_of_its_name() -> None:
    for name in questlog.EVENTS:
        assert getattr(questlog.Client, name).__annotations__["return"] == "str"


def test_httpx_is_named_in_one_module() -> None:
    package = Path(str(questlog.__file__)).parent
    naming = [path.name for path in package.rglob("*.py") if "import httpx" in path.read_text("utf-8")]
    assert naming == ["_transport.py"]


def _loaded(statement: str) -> set[str]:
    """Return the modules that `statement` loads into a bare interpreter."""
    program = f"import sys; bare = set(sys.modules); {statement}; print(*set(sys.modules) - bare)"
    command = [sys.executable, "-I", "-c", program]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_importing_it_loads_at_most_as_many_modules_as_the_smallest_of_its_peers() -> None:
    assert len(_loaded("import questlog")) <= 103  # amplitude-analytics 1.3.0


def test_importing_it_loads_nothing_that_not_every_game_needs_at_its_start() -> None:
    assert not _loaded("import questlog") & {"httpx", "sqlite3", "asyncio", "ssl", "logging", "pathlib"}
