"""List the settings, or check those of this environment."""

import argparse
import json
import sys
from collections.abc import Iterator

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from questlog_api.key_file import KeyFile
from questlog_api.setting_errors import explained
from questlog_api.settings import Settings

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
        help="print nothing; tell whether the settings of this environment are good",
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
    try:
        settings = Settings()
        if settings.write_keys_file is not None:
            KeyFile(settings.write_keys_file, settings).read()
    except ValidationError as error:
        print(*explained(error), sep="\n", file=sys.stderr)
        return _WRONG_SETTINGS
    except ValueError as error:
        print(error, file=sys.stderr)
        return _WRONG_SETTINGS
    print("the settings are good")
    return 0
