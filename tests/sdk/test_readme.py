"""What the README says of the options is what they are."""

import inspect
import re

import questlog
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


def _written(default: object) -> str:
    if default is inspect.Parameter.empty:
        return ""
    return f'"{default}"' if isinstance(default, str) else str(default)
