import os
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from questlog import Install, uuid7
from questlog._entry import Entry
from questlog._once import Once
from tests.sdk.samples import CONTEXT, NOW, entries

ONE, OTHER = uuid7(), uuid7()


def install(install_id: Any = ONE, **members: Any) -> bytes:
    event = Install(
        event_id=uuid7(),
        occurred_at=NOW,
        **replace(CONTEXT, install_id=install_id).as_arguments(),
        **{"install_kind": "first_open", "store": "steam", "attribution_status": "organic", **members},
    )
    return Entry.of(event).body


def _saved(once: Once, *bodies: bytes) -> None:
    once.remember(bodies)
    once.save()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / "game.once"


def test_the_first_install_of_each_installation_is_stored() -> None:
    once, first, other = Once(None), install(), install(OTHER)
    assert once.firsts([first]) == [first]
    once.remember([first])
    assert once.firsts([install(), other]) == [other]


def test_of_two_that_come_together_the_first_is_stored() -> None:
    first = install()
    assert Once(None).firsts([first, install()]) == [first]


def test_one_that_was_not_stored_may_come_again() -> None:
    once, first = Once(None), install()
    assert once.firsts([first]) == [first]
    assert once.firsts([first]) == [first]


def test_all_other_events_are_stored_however_often_they_come(path: Path) -> None:
    bodies = [entry.body for entry in entries(3)] * 2
    once = Once(path)
    assert once.firsts(bodies) == bodies
    _saved(once, *bodies)
    assert once.firsts(bodies) == bodies
    assert not path.exists()


def test_it_is_remembered_over_the_end_of_the_process(path: Path) -> None:
    _saved(Once(path), install())
    assert Once(path).firsts([install()]) == []


def test_what_another_process_remembers_meanwhile_counts(path: Path) -> None:
    here, there = Once(path), Once(path)
    _saved(here, install(OTHER))
    assert here.firsts([install()]) != []
    _saved(there, install())
    assert here.firsts([install()]) == []


def test_a_line_that_was_cut_off_spoils_no_other_one(path: Path) -> None:
    once = Once(path)
    _saved(once, install(OTHER))
    with path.open("ab") as file:
        file.write(b"0193")
    _saved(once, install())
    assert Once(path).firsts([install(), install(OTHER)]) == []


def test_a_value_that_looks_like_an_installation_is_none() -> None:
    once = Once(None)
    once.remember([install(campaign='"install_id":"' + str(OTHER))])
    assert once.firsts([install(OTHER)]) != []
    assert once.firsts([install()]) == []


def test_a_disk_that_takes_nothing_raises_nothing_and_memory_knows(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    once = Once(tmp_path / "file" / "game.once")
    _saved(once, install())
    assert once.firsts([install()]) == []


def test_nobody_else_may_read_it(path: Path) -> None:
    _saved(Once(path), install())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_neither_memory_nor_the_file_grows_without_bounds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("questlog._once._MOST", 10)
    monkeypatch.setattr("questlog._once._MOST_BYTES", 2000)
    once = Once(path)
    bodies = [install(uuid7()) for _ in range(100)]
    for body in bodies:
        once.firsts([body])
        _saved(once, body)
    assert len(once._known) == 10
    assert path.stat().st_size <= 2000
    assert os.listdir(path.parent) == ["game.once"]  # noqa: PTH208 - as text
    assert Once(path).firsts(bodies[-10:]) == []
    assert Once(path).firsts(bodies[:1]) == bodies[:1]


def test_what_is_only_in_memory_is_not_remembered_over_the_end_of_the_process(path: Path) -> None:
    once = Once(path)
    once.remember([install()])
    assert once.firsts([install()]) == []
    assert Once(path).firsts([install()]) != []


def test_a_disk_that_takes_nothing_is_asked_again(path: Path) -> None:
    once = Once(path)
    path.parent.touch()
    _saved(once, install())
    path.parent.unlink()
    once.save()
    assert Once(path).firsts([install()]) == []


def test_who_is_installed_cannot_be_read_in_the_file(path: Path) -> None:
    first = install()
    _saved(Once(path), first)
    written = path.read_bytes()
    assert str(ONE).encode() not in written
    assert Entry.read(first).event_id.encode() not in written


def test_an_install_that_is_deleted_may_be_said_again_and_no_other_one(path: Path) -> None:
    once, first, other = Once(path), install(), install(OTHER)
    _saved(once, first, other)
    once.forget([first, *[entry.body for entry in entries(2)]])
    for each in (once, Once(path)):
        assert each.firsts([install()]) != []
        assert each.firsts([install(OTHER)]) == []


def test_one_that_is_deleted_before_it_is_saved_is_not_saved(path: Path) -> None:
    once, first = Once(path), install()
    once.remember([first])
    once.forget([first])
    once.save()
    assert Once(path).firsts([install()]) != []


def test_what_another_process_forgets_meanwhile_counts(path: Path) -> None:
    here, there, first = Once(path), Once(path), install()
    _saved(here, first)
    there.forget([first])
    assert here.firsts([install()]) != []


def test_forgetting_leaves_what_is_only_in_memory_there(path: Path) -> None:
    once, first = Once(path), install()
    _saved(once, first)
    once.remember([install(OTHER)])
    once.forget([first])
    assert once.firsts([install(OTHER)]) == []
    assert Once(path).firsts([install(OTHER)]) != []
