"""The shipped templates as files and as trees; all that the tests here read as YAML, and the linter."""

from collections.abc import Sequence
from typing import Any

import yaml
from cfnlint.api import lint  # type: ignore[import-untyped]  # neither hints nor stubs
from cfnlint.config import ManualArgs  # type: ignore[import-untyped]  # neither hints nor stubs

from tests.repository import ROOT

DEPLOY = ROOT / "api" / "deploy"
TEMPLATE = DEPLOY / "cloudformation.yaml"
SNOWFLAKE_TEMPLATE = DEPLOY / "cloudformation-snowflake.yaml"


class _Loader(yaml.SafeLoader):
    """Reads `!Ref x` as `{"Ref": "x"}` and `!Sub x` as `{"Fn::Sub": "x"}`."""


def _function(loader: Any, suffix: str, node: Any) -> dict[str, Any]:
    name = suffix if suffix == "Ref" else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise TypeError(f"a mapping after !{suffix}")


_Loader.add_multi_constructor("!", _function)


def tree(text: str) -> dict[str, Any]:
    """Return a template as CloudFormation sees it."""
    parsed: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - a safe loader with one constructor more
    return parsed


def resources(text: str, kind: str) -> dict[str, Any]:
    """Return the resources of one type by name."""
    made: dict[str, Any] = tree(text)["Resources"]
    return {name: resource for name, resource in made.items() if resource["Type"] == kind}


def read_yaml(text: str) -> Any:
    """Return YAML without tags, which JSON is too."""
    return yaml.safe_load(text)


def anchors(text: str) -> list[str]:
    """Return the anchors a text has, which CloudFormation does not know."""
    found = (getattr(event, "anchor", None) for event in yaml.parse(text))
    return [anchor for anchor in found if anchor]


def findings(text: str, regions: Sequence[str]) -> list[str]:
    """Return what cfn-lint finds, down to what is only information; it needs no network."""
    return [
        str(match) for match in lint(text, config=ManualArgs(include_checks=["I"], regions=list(regions)))
    ]
