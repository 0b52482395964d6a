"""Lines as the API delivers them, and objects as Firehose writes them."""

import json
from collections.abc import Mapping
from typing import Any

from tests.repository import shipped_catalog

RECEIVED_AT = "2026-11-02T19:00:00.000Z"


def example(event: str, name: str, **changes: Any) -> dict[str, Any]:
    """A valid example event of the repository with some members changed; None takes one away."""
    (contract,) = (found for found in shipped_catalog().contracts if found.event == event)
    merged = {**contract.valid_examples[name], **changes}
    return {member: value for member, value in merged.items() if value is not None}


def purchase(**changes: Any) -> dict[str, Any]:
    return example("purchase", "gem_pack_in_euro", **changes)


def refund(**changes: Any) -> dict[str, Any]:
    return example("refund", "partial_refund", **changes)


def event_id(number: int) -> str:
    return f"01930f3a-7c00-7abc-8000-{number:012}"


def line(event: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    around = {"received_at": RECEIVED_AT, "sent_at": RECEIVED_AT, "game_id": "dragons", "request_id": "req-1"}
    return {**around, "event": event, **changes}


def reject(payload: str, reason: str, *errors: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    around = {key: value for key, value in line({}).items() if key != "event"}
    return {**around, "reason": reason, "errors": list(errors), "payload": payload, **changes}


def body(*lines: Mapping[str, Any]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines).encode()
