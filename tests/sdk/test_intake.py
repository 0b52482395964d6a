"""What clients do with events before they are stored: hooks, installs, and what is given up."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from questlog import Drop, Install, Rejection, Stats, uuid7
from questlog._drops import Drops
from questlog._entry import Entry
from questlog._intake import Intake, SetAside
from tests.sdk.samples import BOUGHT, CONTEXT, NOW, purchase
from tests.sdk.script import Reply, Script, problem, refusing, rejecting
from tests.sdk.workers import LONG, Gate, MakeClient, eventually

DOWN = Reply(503)
INSTALLED: dict[str, Any] = {
    "install_kind": "first_open",
    "store": "steam",
    "attribution_status": "organic",
}
OUTBOXES = pytest.mark.parametrize("outbox", ["disk", None])


def _options(outbox: str | None) -> dict[str, Any]:
    return {} if outbox else {"outbox": None}


@OUTBOXES
def test_all_reasons_why_events_are_given_up_are_told(
    client: MakeClient, gate: Gate, outbox: str | None
) -> None:
    told: list[Drop] = []
    wrong: Any = {}
    held: list[bool] = []

    def scrub(event: dict[str, Any]) -> dict[str, Any] | None:
        if not held:
            held.append(True)
            return gate.hold(event)
        return None if event["quantity"] == 1 else {}

    made = client(Script(), queue_events=3, before_send=scrub, on_dropped=told.append, **_options(outbox))
    for quantity in (1, 1, 2, 4):
        made.purchase(**{**BOUGHT, "quantity": quantity})
        assert gate.reached.wait(LONG)
    made.track(wrong)
    gate.open.set()
    assert made.close(LONG) == 0
    made.purchase(**BOUGHT)
    assert told == [
        Drop("the outbox is full", 1),
        Drop("track() takes events such as questlog.Purchase, not dict", 1),
        Drop("dropped by before_send", 1),
        Drop("before_send failed", 1),
        Drop("the client is closed", 1),
    ]
    assert made.stats() == Stats(accepted=1, rejected=0, dropped=5, pending=0)


def test_what_before_send_makes_of_an_event_is_stored_and_sent(client: MakeClient, tmp_path: Path) -> None:
    def scrub(event: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in event.items() if name != "player_id"}

    first = client(Script(otherwise=DOWN), before_send=scrub)
    first.purchase(**BOUGHT)
    assert first.close(0) == 1
    assert b"player-1" not in b"".join(path.read_bytes() for path in (tmp_path / "outbox").iterdir())
    script = Script()
    assert client(script).flush(LONG)
    assert eventually(lambda: len(script.events) == 1)
    assert "player_id" not in script.events[0]


def test_an_event_on_which_before_send_fails_is_set_aside_and_the_next_one_sent(
    client: MakeClient, tmp_path: Path
) -> None:
    def scrub(event: dict[str, Any]) -> dict[str, Any]:
        return {**event, "store": event["store"].removeprefix("app_")} if event["quantity"] == 2 else event

    script = Script()
    made = client(script, before_send=scrub)
    bad = made.purchase(**{**BOUGHT, "quantity": 2})
    good = made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert script.ids == [good]
    [path] = (tmp_path / "outbox").glob("*.refused.jsonl")
    aside = json.loads(path.read_text())
    assert (aside["event"]["event_id"], aside["reason"]) == (bad, "before_send failed")


def test_a_poisoned_event_is_set_aside_and_blocks_no_other_one(client: MakeClient, tmp_path: Path) -> None:
    poison = purchase()
    refuse = refusing(str(poison.event_id), reply=problem(400, "not-json"))
    script = Script(otherwise=lambda events: refuse(events) if events else problem(422, "invalid-batch"))
    told: list[Rejection] = []
    made = client(script, flush_interval=60, on_rejected=told.append)
    for event in (purchase(), poison, purchase()):
        made.track(event)
    assert made.flush(LONG)
    assert made.stats() == Stats(accepted=2, rejected=1, dropped=0, pending=0)
    assert [rejection.event_id for rejection in told] == [str(poison.event_id)]
    [path] = (tmp_path / "outbox").glob("*.refused.jsonl")
    assert json.loads(path.read_text())["event"] == poison.to_json()


@OUTBOXES
def test_an_install_is_sent_once_however_often_it_is_said(client: MakeClient, outbox: str | None) -> None:
    script = Script()
    made = client(script, **_options(outbox))
    first, *_ = [made.install(**INSTALLED) for _ in range(3)]
    assert made.flush(LONG)
    made.install(**INSTALLED)
    other = made.install(**INSTALLED, context=replace(CONTEXT, install_id=uuid7()))
    assert made.flush(LONG)
    assert script.ids == [first, other]
    assert made.stats().dropped == 0


def test_an_install_is_sent_once_also_over_restarts(client: MakeClient) -> None:
    script = Script()
    for _ in range(2):
        with client(script) as made:
            made.install(**INSTALLED)
    assert len(script.ids) == 1


def test_an_install_that_was_dropped_may_be_said_again(client: MakeClient) -> None:
    script = Script()
    made = client(script, outbox_bytes=10)
    made.install(**INSTALLED)
    assert made.flush(LONG)
    assert made.stats().dropped == 1
    roomy = client(script)
    event_id = roomy.install(**INSTALLED)
    assert roomy.flush(LONG)
    assert script.ids == [event_id]


def test_an_install_that_before_send_gives_another_identity_is_still_sent_once(client: MakeClient) -> None:
    script = Script()
    made = client(script, before_send=lambda event: {**event, "install_id": str(uuid7())})
    for _ in range(2):
        made.install(**INSTALLED)
        assert made.flush(LONG)
    assert len(script.ids) == 1


@pytest.mark.parametrize("hook", ["before_send", "on_rejected"])
def test_a_hook_may_close_the_client_and_what_is_pending_is_still_delivered(
    client: MakeClient, gate: Gate, hook: str
) -> None:
    script = Script(
        rejecting() if hook == "before_send" else lambda events: rejecting(events[0]["event_id"])(events)
    )
    left: list[int] = []

    def close(event: Any) -> Any:
        if not left:
            assert gate.open.wait(LONG)
            left.append(made.close(LONG))
        return event

    made = client(script, **{hook: close})
    ids = [made.purchase(**BOUGHT) for _ in range(3)]
    gate.open.set()
    assert eventually(lambda: made._pipeline.over)
    assert script.ids == ids
    assert made.stats().pending == 0


def test_a_hook_may_flush_and_make_events(client: MakeClient) -> None:
    script = Script(lambda events: rejecting(events[0]["event_id"])(events))
    said: list[object] = []

    def again(_: Rejection) -> None:
        said.extend([made.purchase(**BOUGHT), made.flush(0.01)])

    made = client(script, on_rejected=again)
    made.purchase(**BOUGHT)
    assert made.flush(LONG)
    assert made.flush(LONG)
    assert said == [script.ids[-1], False]
    assert made.stats() == Stats(accepted=1, rejected=1, dropped=0, pending=0)


class Shelf:
    """Where events are kept: on a disk, or in memory while that fails."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.durable = True

    def put(self, bodies: Sequence[bytes]) -> int:
        self.bodies += bodies
        return len(bodies)


def _intake(client: MakeClient, shelf: Shelf) -> Intake:
    options = client(Script())._options
    return Intake(None, options.once_path, shelf, Drops(), SetAside(options))


def _install() -> bytes:
    return Entry.of(Install(event_id=uuid7(), occurred_at=NOW, **CONTEXT.as_arguments(), **INSTALLED)).body


def test_an_install_that_ends_with_the_process_is_said_again_by_the_next_one(client: MakeClient) -> None:
    shelf = Shelf()
    shelf.durable = False
    intake, first, second = _intake(client, shelf), _install(), _install()
    intake.store([first])
    intake.store([second])
    assert shelf.bodies == [first]
    _intake(client, shelf).store([second])
    assert shelf.bodies == [first, second]


def test_an_install_is_remembered_once_the_disk_has_it(client: MakeClient) -> None:
    shelf = Shelf()
    shelf.durable = False
    intake, first = _intake(client, shelf), _install()
    intake.store([first])
    shelf.durable = True
    intake.save()
    _intake(client, shelf).store([_install()])
    assert shelf.bodies == [first]
