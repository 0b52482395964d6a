import re
from typing import Any

import pytest

from questlog_api import Settings, create_app
from questlog_api.sinks import MemorySink, SinkUnavailable
from questlog_api.sinks.base import Health
from tests.api.conftest import connect
from tests.api.deploy.promql import SCRAPE_LABELS, exposed, grouped, parsed, selectors
from tests.api.deploy.templates import DEPLOY, read_yaml

README = (DEPLOY / "README.md").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = read_yaml((DEPLOY / "alerts.yaml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [rule for group in DOCUMENT["groups"] for rule in group["rules"]]
NAMES = [str(rule["alert"]) for rule in RULES]
HEADINGS = re.findall(r"^#### (\w+)$", README, re.MULTILINE)

each_rule = pytest.mark.parametrize("rule", RULES, ids=NAMES)


def test_the_file_has_groups_of_rules_and_nothing_else() -> None:
    assert set(DOCUMENT) == {"groups"}
    assert all(set(group) == {"name", "rules"} for group in DOCUMENT["groups"])


@each_rule
def test_a_rule_has_the_fields_prometheus_knows(rule: dict[str, Any]) -> None:
    assert set(rule) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))
    assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert set(rule["annotations"]) == {"summary", "runbook"}


@each_rule
def test_the_expression_is_promql_with_a_condition(rule: dict[str, Any]) -> None:
    parsed(rule["expr"])
    assert re.search(r"[<>]|==", rule["expr"])


@each_rule
def test_the_service_exposes_every_metric_and_label_of_the_expression(rule: dict[str, Any]) -> None:
    names = exposed()
    labels: frozenset[str] = SCRAPE_LABELS
    for name, matched in selectors(rule["expr"]):
        assert name in names
        assert matched <= names[name] | SCRAPE_LABELS
        labels |= names[name]
    assert grouped(rule["expr"]) <= labels


@each_rule
def test_the_summary_uses_labels_the_expression_keeps(rule: dict[str, Any]) -> None:
    shown = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    kept = grouped(rule["expr"]) or SCRAPE_LABELS
    assert shown <= kept


def test_no_alert_has_the_name_of_another() -> None:
    assert len(set(NAMES)) == len(NAMES)


def test_the_readme_says_of_each_alert_what_to_do_and_of_no_other() -> None:
    assert sorted(HEADINGS) == sorted(NAMES)
    assert [rule["annotations"]["runbook"] for rule in RULES] == [
        f"README.md#{name.lower()}" for name in NAMES
    ]


class _Away(MemorySink):
    """A sink that takes nothing, and says so."""

    async def check(self) -> Health:
        raise SinkUnavailable("Firehose is away")


@pytest.mark.anyio
async def test_a_service_that_is_not_ready_counts_what_its_alert_asks_for(settings: Settings) -> None:
    app = create_app(settings, sink=_Away())
    async with connect(app) as client:
        assert (await client.get("/readyz")).status_code == 503
    [rule] = [rule for rule in RULES if rule["alert"] == "QuestlogNotReady"]
    [wanted] = re.findall(r"questlog_requests_total\{(.*?)\}", rule["expr"])
    counted = f"questlog_requests_total{{{wanted.replace(', ', ',')}}} 1.0"
    assert counted in app.state.metrics.exposition().decode()


@pytest.mark.anyio
async def test_events_for_browser_games_are_counted_as_the_alerts_ask_for(settings: Settings) -> None:
    origins = settings.model_copy(update={"cors_origins": ("https://play.example.com",)})
    app = create_app(origins, sink=MemorySink())
    async with connect(app) as client:
        await client.post("/v1/events", content=b"{}")
    assert re.search(
        r'requests_total\{route="/v1/events",status="\d+"\} 1\.0', app.state.metrics.exposition().decode()
    )
