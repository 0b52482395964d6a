"""The guide to an account: what it names exists, and what it counts is what the model of costs counts."""

import re

import pytest
from api.deploy.costs import WAYS, Load, Prices, Way, cost

from questlog_warehouse.scripts import account_scripts
from tests.repository import ROOT

GUIDE = (ROOT / "warehouse" / "DEPLOYING.md").read_text(encoding="utf-8")
BILLION_A_DAY = Load(events=30 * 10**9, kept_days=30)


def test_every_script_of_the_account_has_its_place_in_the_guide() -> None:
    named = set(re.findall(r"account/(\w+)\.sql", GUIDE))
    assert named == {script.name.removesuffix(".sql") for script in account_scripts()}


def test_every_role_of_the_guide_is_made_by_the_scripts() -> None:
    text = "".join(script.text for script in account_scripts())
    roles = set(re.findall(r"QUESTLOG_[A-Z_]+", GUIDE)) - {"QUESTLOG_QUERIES"}
    assert roles
    assert {role for role in roles if f"CREATE ROLE IF NOT EXISTS {role} " not in text} == set()


@pytest.mark.parametrize("way", [way for way in WAYS if "ndjson`" not in way.name], ids=lambda way: way.name)
def test_the_price_of_a_million_events_is_that_of_the_model(way: Way) -> None:
    load = Load()
    assert f"{cost(load, way, Prices()).total / load.events * 1e6:.3f}" in GUIDE


def test_a_billion_a_day_cost_what_the_model_says() -> None:
    packed = cost(BILLION_A_DAY, WAYS[2], Prices())
    assert f"{packed.snowflake:.0f} USD a month" in GUIDE
    assert f"2.4 TB, {packed.s3:.0f} USD" in GUIDE
