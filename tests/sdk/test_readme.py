"""What the README says of the options is what they are."""

import inspect
import json
import re

import questlog
from questlog._commands.from_json import checked_model
from tests.repository import ROOT


def test_the_readme_has_every_option_with_its_default() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- options -->")
    table, end, _ = rest.partition("<!-- /options -->")
    assert end
    listed = re.findall(r"^\| `(\w+)` \|\s*([^|]*?)\s*\|", table, re.MULTILINE)
    parameters = inspect.signature(questlog.Client).parameters.values()
    options = [(each.name, each.default) for each in parameters if each.kind is each.KEYWORD_ONLY]
    assert [(name, default.strip("`")) for name, default in listed] == [
        (name, _written(default)) for name, default in options
    ]


def test_the_context_that_the_readme_shows_for_send_is_one() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```json\n(\{\"install_id.*?)```", text, re.DOTALL)
    assert checked_model(questlog.Context, json.loads(block)).player_id is None


def test_the_package_shows_the_same_start_as_the_repository() -> None:
    start = re.compile(r"```python\n(import questlog\n.*?)```", re.DOTALL)
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in ("README.md", "sdk/README.md")]
    whole, package = (start.findall(text) for text in texts)
    assert whole == package
    assert len(whole) == 1


def _written(default: object) -> str:
    if default is inspect.Parameter.empty:
        return ""
    return f'"{default}"' if isinstance(default, str) else str(default)
