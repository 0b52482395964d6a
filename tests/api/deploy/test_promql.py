import pytest

from tests.api.deploy.promql import exposed, grouped, selectors


def test_names_are_found_wherever_an_expression_has_them() -> None:
    expression = 'sum by (le) (rate(a_total{x="1"}[$__rate_interval])) / (b + on (y) -c) > 0 or absent(d)'
    assert dict(selectors(expression)) == {
        "a_total": frozenset({"x"}),
        "b": frozenset(),
        "c": frozenset(),
        "d": frozenset(),
    }
    assert grouped(expression) == {"le"}


def test_what_is_no_promql_is_refused() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        list(selectors("sum by (rate("))


def test_the_exposition_has_the_names_of_each_kind() -> None:
    names = exposed()
    assert names["questlog_events_accepted_total"] == {"event", "version"}
    assert names["questlog_put_seconds_bucket"] == {"stream", "outcome", "le"}
    assert names["questlog_spool_bytes"] == frozenset()
    assert "questlog_never_counted_total" not in names
