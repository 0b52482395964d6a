import json
from pathlib import Path

import questlog

SCHEMAS = Path(__file__).parents[2] / "schemas"
HAND_WRITTEN = {
    "Client",
    "Context",
    "Event",
    "InvalidEvent",
    "QuestlogError",
    "Rejection",
    "Stats",
    "Violation",
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
    for name, event in questlog.EVENTS.items():
        assert getattr(questlog.Client, name).__annotations__["return"] == event.__name__


def test_httpx_is_named_in_one_module() -> None:
    package = Path(str(questlog.__file__)).parent
    naming = [path.name for path in package.rglob("*.py") if "import httpx" in path.read_text("utf-8")]
    assert naming == ["_transport.py"]
