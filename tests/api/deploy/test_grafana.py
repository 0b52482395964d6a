import json
from itertools import combinations
from typing import Any

import pytest

from tests.api.deploy.promql import SCRAPE_LABELS, exposed, grouped, selectors
from tests.api.deploy.templates import DEPLOY

DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
DRAWN = [panel for panel in PANELS if panel["type"] != "row"]
WIDTH = 24

each_panel = pytest.mark.parametrize("panel", DRAWN, ids=lambda panel: panel["title"])


def test_every_panel_has_an_id_and_a_title_of_its_own() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    assert len({panel["title"] for panel in PANELS}) == len(PANELS)


def test_no_panel_lies_over_another_or_outside() -> None:
    places = [panel["gridPos"] for panel in PANELS]
    assert all(place["x"] >= 0 and place["x"] + place["w"] <= WIDTH for place in places)
    for one, other in combinations(places, 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        above = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or above


def test_the_data_source_is_a_variable() -> None:
    [variable] = [each for each in DASHBOARD["templating"]["list"] if each["type"] == "datasource"]
    assert (variable["name"], variable["query"]) == ("datasource", "prometheus")


@each_panel
def test_a_panel_asks_the_chosen_data_source_and_process(panel: dict[str, Any]) -> None:
    for asked in [panel, *panel["targets"]]:
        assert asked["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert all('instance=~"$instance"' in target["expr"] for target in panel["targets"])


@each_panel
def test_the_service_exposes_every_metric_and_label_a_panel_asks_for(panel: dict[str, Any]) -> None:
    names = exposed()
    for target in panel["targets"]:
        labels: frozenset[str] = SCRAPE_LABELS
        for name, matched in selectors(target["expr"]):
            assert name in names
            assert matched <= names[name] | SCRAPE_LABELS
            labels |= names[name]
        assert grouped(target["expr"]) <= labels


@each_panel
def test_the_legend_shows_labels_the_expression_keeps(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        shown = {part.split("}}")[0] for part in target["legendFormat"].split("{{")[1:]}
        assert shown <= grouped(target["expr"])


def test_the_dashboard_shows_every_metric_of_the_service() -> None:
    asked = {name for panel in DRAWN for target in panel["targets"] for name, _ in selectors(target["expr"])}
    # Connections, keys and the quotas' Redis have alerts; a build is no line to draw.
    elsewhere = ("questlog_build_info", "questlog_connections", "questlog_write_keys", "questlog_quota_store")
    own = {name for name in exposed() if name.startswith("questlog_") and not name.startswith(elsewhere)}
    families = {name.removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") for name in own}
    assert [name for name in families if not any(each.startswith(name) for each in asked)] == []


def test_there_is_a_row_for_each_thing_an_operator_looks_for() -> None:
    assert [panel["title"] for panel in PANELS if panel["type"] == "row"] == [
        "Traffic",
        "Refused events",
        "Versions in use",
        "Delivery to Firehose",
        "Firehose's failures",
        "Spool",
        "Limits and process",
    ]
