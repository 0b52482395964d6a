"""schemathesis against the served document: every check, coverage and fuzzing, fixed seed, in-process."""

import os
from pathlib import Path
from typing import Any
from unittest import mock

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

from questlog_api.app import create_app
from questlog_api.gate.keys import key_hash
from questlog_api.settings import Settings
from questlog_api.sinks.memory import MemorySink
from tests.repository import shipped_catalog

WRITE_KEY = "contract-tests-write-key"
CONFIG = Path(__file__).with_name("schemathesis.toml")


def load() -> schemathesis.BaseSchema:
    settings = Settings(write_keys={"contract-tests": (key_hash(WRITE_KEY.encode()),)}, allow_drafts=True)
    app = create_app(settings, sink=MemorySink())
    with mock.patch.dict(os.environ, {"QUESTLOG_TEST_WRITE_KEY": WRITE_KEY}):
        return schemathesis.openapi.from_asgi(
            "/openapi.json", app, config=SchemathesisConfig.from_path(CONFIG)
        )


schema = load()


def test_every_operation_is_fuzzed() -> None:
    found = schema.get_all_operations()
    fuzzed = {operation.ok().label for operation in found if isinstance(operation, Ok)}
    operations = ["POST /v1/events", *(f"POST /v1/events/{c.event}" for c in shipped_catalog().contracts)]
    assert fuzzed >= set(operations)


@schema.parametrize()
def test_the_service_keeps_its_document(case: schemathesis.Case[Any]) -> None:
    case.call_and_validate()
