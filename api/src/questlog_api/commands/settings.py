"""List the settings, or check those of this environment."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic.fields import FieldInfo

from questlog_api.contracts import load_catalog, refuse_drafts
from questlog_api.gate.keys import KeyRing
from questlog_api.gate.quotas import Quotas
from questlog_api.setting_errors import told
from questlog_api.settings import Settings, unknown_settings
from questlog_api.sinks.client import Client
from questlog_api.telemetry.tracing import open_tracer

_WRONG_SETTINGS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Print all settings with their defaults, as the Markdown table of the README. "
        "What is set is never printed."
    )
    parser.add_argument("--json", action="store_true", help="print them for scripts")
    parser.add_argument(
        "--check",
        action="store_true",
        help="say whether the settings of this environment are good",
    )


def run(options: argparse.Namespace) -> int:
    """Print or check: 0, or 2 when a setting is wrong."""
    if options.check:
        return _check()
    print(json.dumps(list(_rows()), indent=2) if options.json else table())
    return 0


def table() -> str:
    """Return all settings as a Markdown table."""
    lines = ["| setting | default | meaning |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = _default(field)
        text = "" if default is None else f"`{default if isinstance(default, str) else json.dumps(default)}`"
        lines.append(f"| `{_variable(name)}` | {text} | {_cell(_meaning(field))} |")
    return "\n".join(lines)


def _rows() -> Iterator[dict[str, object]]:
    for name, field in Settings.model_fields.items():
        yield {"name": _variable(name), "default": _default(field), "meaning": _meaning(field)}


def _variable(name: str) -> str:
    return f"QUESTLOG_{name.upper()}"


def _default(field: FieldInfo) -> object:
    """Return the default as JSON has it; None also where nothing is what there is without it."""
    default: object = field.get_default(call_default_factory=True)
    return None if default in ({}, ()) else default


def _meaning(field: FieldInfo) -> str:
    return field.description or ""


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", r"\<")


def _check() -> int:
    wrong = [*unknown_settings(), *_refused()]
    if wrong:
        print(*wrong, sep="\n", file=sys.stderr)
        return _WRONG_SETTINGS
    print("the settings are good")
    return 0


def _refused() -> list[str]:
    """Return why the service would not start, or not store: what it finds without calling anybody."""
    try:
        settings = Settings()
        if not settings.allow_drafts:
            refuse_drafts(load_catalog())
        KeyRing.from_settings(settings)
        Quotas.from_settings(settings)
        open_tracer(settings).close()
        if settings.sink == "firehose":
            Client.from_settings(settings, connections=1).close()
        if settings.spool_path is not None:
            _expect_place(settings.spool_path)
    except ValueError as error:
        return told(error)
    return []


def _expect_place(spool: Path) -> None:
    """Return when a spool can be at this place.

    Raises:
        ValueError: when it cannot.
    """
    if spool.is_dir():
        raise ValueError("QUESTLOG_SPOOL_PATH: this is a folder; name a file in it")
    # The service makes the folders that are missing.
    folder = next(parent for parent in spool.absolute().parents if parent.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise ValueError(
            "QUESTLOG_SPOOL_PATH: nobody can write there as this user; name a file in a folder of its own"
        )
