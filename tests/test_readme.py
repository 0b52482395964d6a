"""What the documents show is run: a line of README.md that is no longer true fails here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import questlog
from questlog_api._generated.validators import VALIDATORS
from questlog_api.app import create_app
from questlog_api.gate.keys import key_hash
from questlog_api.settings import Settings
from questlog_api.sinks import Stream
from questlog_api.sinks.memory import MemorySink
from questlog_codegen.__main__ import main
from questlog_codegen.findings import render
from tests.codegen.project import Project
from tests.repository import ROOT
from tests.sdk.asgi import AsgiTransport

README = (ROOT / "README.md").read_text(encoding="utf-8")
FRAMES = ROOT / "codegen" / "src"  # of documents elsewhere: their links lead on from there
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"] + [
    path for path in sorted(ROOT.glob("[a-z]*/**/*.md")) if not path.is_relative_to(FRAMES)
]


def block(language: str, containing: str) -> str:
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    return next(str(text) for text in blocks if containing in text)


def test_the_sdk_in_ten_lines_delivers_its_purchase(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    sink = MemorySink()
    settings = Settings(write_keys={"game-1": (key_hash(b"my-write-key"),)}, allow_drafts=True)
    client = questlog.Client

    def in_process(*arguments: Any, **options: Any) -> questlog.Client:
        return client(*arguments, **options, transport=AsgiTransport(create_app(settings, sink=sink)))

    monkeypatch.setattr(questlog, "Client", in_process)
    exec(compile(block("python", "questlog.Client"), "README.md", "exec"), {})  # noqa: S102 - the README's own code
    (line,) = sink.lines[Stream.EVENTS]
    assert json.loads(line)["event"]["price"] == {"amount_micros": 4_990_000, "currency": "EUR"}


def test_the_event_of_the_curl_line_is_valid() -> None:
    (body,) = re.findall(r"-d '(\{.*?\})'", block("sh", "curl -i"), re.DOTALL)
    VALIDATORS["refund"]["1.0"](json.loads(body))


def with_the_event_shown(project: Project, schema: str) -> Project:
    """Do as "Adding an event" says: run its command, and put its schema over what that wrote."""
    (command,) = re.findall(r"nox -s new -- (.*?) +#", block("sh", "nox -s new"))
    assert main(["new", *command.split(), "--root", str(project.root)]) == 0
    (project.root / "schemas/level_complete/schema.json").write_text(schema, encoding="utf-8")
    return project


def test_the_schema_shown_put_over_the_new_event_has_no_finding(tmp_path: Path) -> None:
    project = with_the_event_shown(Project(tmp_path), block("json", "LevelComplete"))
    catalog = project.load()
    assert [contract.event for contract in catalog.contracts] == ["level_complete", "quest"]
    assert [warning for warning in catalog.warnings if "level_complete" in warning.file] == []


def test_the_finding_shown_is_what_the_schema_gives_without_its_maximum(tmp_path: Path) -> None:
    schema = block("json", "LevelComplete").replace('"maximum": 10000, ', "")
    project = with_the_event_shown(Project(tmp_path), schema)
    assert "\n".join(render(project.findings(), tmp_path)) in README


def test_every_nox_session_is_explained() -> None:
    sessions = re.findall(r"^@nox\.session\ndef (\w+)", (ROOT / "noxfile.py").read_text(), re.MULTILINE)
    assert [name for name in sessions if f"| `nox -s {name}` |" not in README] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_inside_the_repository_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)?(?:#[^)]*)?\)", text):
        assert not target or (document.parent / target).exists(), target
