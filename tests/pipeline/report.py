"""The demo's summary, for a person to read."""

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.pipeline.demo import Outcome

_MICROS = Decimal(10) ** -6
_MARK = {True: "[green]yes[/green]", False: "[bold red]NO[/bold red]"}


def print_report(console: Console, outcome: "Outcome") -> None:
    """Print where every event went, what was refused and why, and the revenue."""
    console.print()
    console.print(_events(outcome))
    console.print(_rejects(outcome.rejects))
    console.print(_revenue(outcome.revenue))
    console.print(_firehose(outcome.firehose))
    console.print(_verdict(outcome))


def _events(outcome: "Outcome") -> Table:
    columns = ("event", "currency", "sent", "typed", "rejected", "duplicates", "balances")
    table = _table("Where every event went", *columns)
    for row in outcome.books.rows:
        counts = (row.sent, row.typed, row.rejected, row.duplicates)
        table.add_row(row.event, row.currency, *(f"{n:,}" if n else "" for n in counts), _MARK[row.balanced])
    return table


def _rejects(rejects: Iterable[dict[str, Any]]) -> Table:
    table = _table("Refused, kept, and why", "by", "reason", "where", "rule", "events")
    for row in rejects:
        place = row["POINTER"] or ("(the event)" if row["KEYWORD"] else "")
        table.add_row(row["STAGE"], row["REASON"], place, row["KEYWORD"] or "", f"{int(row['EVENTS']):,}")
    return table


def _revenue(revenue: Iterable[dict[str, Any]]) -> Table:
    table = _table(
        "Revenue, sandbox left out",
        "currency",
        "sales",
        "sold",
        "refunds",
        "refunded",
        "revenue in USD",
    )
    total = Decimal(0)
    for row in revenue:
        usd = None if row["USD_MICROS"] is None else _major(row["USD_MICROS"])
        total += usd or 0
        table.add_row(
            row["CURRENCY"],
            f"{int(row['SALES']):,}",
            f"{_major(row['SOLD_MICROS']):,.2f}",
            f"{int(row['REFUNDS']):,}",
            f"{_major(row['REFUNDED_MICROS']):,.2f}",
            "no rate published" if usd is None else f"{usd:,.2f}",
        )
    table.add_section()
    table.add_row("all that convert", "", "", "", "", f"[bold]{total:,.2f}[/bold]")
    return table


def _major(micros: Any) -> Decimal:
    return int(micros) * _MICROS


def _firehose(counts: dict[str, int]) -> str:
    return (
        f"Firehose took {counts['delivered']:,} records in {counts['calls']:,} calls and throttled "
        f"{counts['throttled']:,} on the way; the API sent those again before it acknowledged anything."
    )


def _verdict(outcome: "Outcome") -> str:
    total = sum(row.sent for row in outcome.books.rows)
    seconds = sum(outcome.seconds.values())
    if outcome.good:
        return (
            f"\n[bold green]The books balance:[/bold green] {total:,} events sent, each typed, rejected or a "
            f"duplicate, in every currency, to the micro. [dim]{seconds:.1f} s[/dim]"
        )
    return f"\n[bold red]The books do not balance.[/bold red] The SDK says: {outcome.sdk}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim")
    text = {"event", "currency", "by", "reason", "where", "rule", "balances"}
    for column in columns:
        table.add_column(column, justify="left" if column in text else "right")
    return table
