"""What PromQL expressions ask for, and what the service's exposition has."""

import re
from collections.abc import Iterator, Mapping

import promql_parser
from prometheus_client.parser import text_string_to_metric_families

from questlog_api.telemetry.metrics import Metrics, SpoolState

# Grafana puts these in before it asks.
_VARIABLES = {"$__rate_interval": "5m", "$__range": "1h", "$instance": "x"}
# Given by Prometheus when it scrapes, not by the service.
SCRAPE_LABELS = frozenset({"instance", "job"})
SUFFIXES = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def parsed(expression: str) -> promql_parser.Expr:
    """Return the tree of an expression.

    Raises:
        ValueError: when it is not PromQL.
    """
    for variable, value in _VARIABLES.items():
        expression = expression.replace(variable, value)
    return promql_parser.parse(expression)


def selectors(expression: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each metric an expression names, with the labels that it matches."""
    yield from _selectors(parsed(expression))


def grouped(expression: str) -> frozenset[str]:
    """Return the labels an expression groups by."""
    return frozenset(
        label.strip() for labels in re.findall(r"\bby \(([^)]*)\)", expression) for label in labels.split(",")
    )


def _selectors(tree: object) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(tree, promql_parser.VectorSelector):
        yield str(tree.name), frozenset(matcher.name for matcher in tree.matchers.matchers)
        return
    if isinstance(tree, promql_parser.MatrixSelector):
        yield from _selectors(tree.vector_selector)
    for part in ("lhs", "rhs", "expr", "param"):
        yield from _selectors_of(getattr(tree, part, None))
    for argument in getattr(tree, "args", None) or ():
        yield from _selectors(argument)


def _selectors_of(tree: object) -> Iterator[tuple[str, frozenset[str]]]:
    if tree is not None:
        yield from _selectors(tree)


def exposed() -> Mapping[str, frozenset[str]]:
    """Return every series name the service exposes, with its labels, after each thing happened once."""
    text = _eventful().exposition().decode()
    names: dict[str, frozenset[str]] = {"up": frozenset()}
    for family in text_string_to_metric_families(text):
        for suffix in SUFFIXES.get(family.type, ("",)):
            names[family.name + suffix] = frozenset()
        for sample in family.samples:
            names[sample.name] = names.get(sample.name, frozenset()) | frozenset(sample.labels)
    return names


def _eventful() -> Metrics:
    metrics = Metrics()
    metrics.request("/v1/events", 202, 0.1)
    metrics.accepted([("purchase", "1.0")])
    metrics.rejected("purchase", "1.0", "type", "invalid_event")
    metrics.limited("events")
    for stream in ("events", "rejects"):
        metrics.put(stream, "ok", 0.1, 1, 500)
        metrics.retried(stream, "ServiceUnavailableException", 1)
        metrics.spooled(stream, 1)
        metrics.replayed(stream, 1)
        metrics.watch_breaker(stream, lambda: False)
        metrics.watch_waiting(stream, lambda: 0)
    metrics.watch_budget(lambda: 0, 1)
    metrics.watch_spool(lambda: SpoolState({"events": 1}, 1, 2, 3))
    return metrics
