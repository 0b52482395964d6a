"""Does everything add up? What the studio sent against what the warehouse has, in every currency."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from questlog_warehouse.local import LocalWarehouse
from tests.pipeline.studio import Ledger

Key = tuple[str, str]
"""(event, currency); the currency is `-` where an event names none."""

_BY_CURRENCY = """
SELECT BODY:event::VARCHAR AS EVENT,
  COALESCE(BODY:price.currency::VARCHAR, BODY:amount.currency::VARCHAR, '-') AS CURRENCY,
  COUNT(*) AS N
FROM ({source}) GROUP BY 1, 2
"""
_LANDED = "SELECT RECORD_CONTENT:event AS BODY FROM LANDING.EVENTS"
_UNTYPED = "SELECT RECORD_CONTENT:event AS BODY FROM CORE.REJECTED WHERE STAGE = 'warehouse'"
_REFUSED = """
SELECT TRY_PARSE_JSON(RECORD_CONTENT:payload::VARCHAR) AS BODY FROM CORE.REJECTED WHERE STAGE = 'api'
"""
_TYPED = """
SELECT 'install' AS EVENT, '-' AS CURRENCY, COUNT(*) AS N FROM MART.INSTALL
UNION ALL SELECT 'purchase', PRICE_CURRENCY, COUNT(*) FROM MART.PURCHASE GROUP BY 1, 2
UNION ALL SELECT 'refund', AMOUNT_CURRENCY, COUNT(*) FROM MART.REFUND GROUP BY 1, 2
"""
_MONEY = """
SELECT 'sold' AS KIND, PRICE_CURRENCY AS CURRENCY, SUM(CAST(PRICE_AMOUNT_MICROS AS NUMBER(38,0))) AS N
FROM MART.PURCHASE WHERE NOT SANDBOX GROUP BY 1, 2
UNION ALL
SELECT 'refunded', AMOUNT_CURRENCY, SUM(CAST(AMOUNT_AMOUNT_MICROS AS NUMBER(38,0)))
FROM MART.REFUND WHERE NOT SANDBOX GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Row:
    """One event in one currency: what the studio sent, and what the warehouse made of it.

    `twice` and `broken` are the studio's own knowledge: copies it sent, and events that must be refused.
    `duplicates` are the landed copies no table took; a request that is sent again may add to them.
    """

    event: str
    currency: str
    sent: int
    twice: int
    broken: int
    typed: int
    rejected: int
    duplicates: int

    @property
    def balanced(self) -> bool:
        """Sent = typed + rejected + duplicates, and each of them is what it has to be."""
        typed = self.sent - self.twice - self.broken
        return self.typed == typed and self.rejected == self.broken and self.duplicates >= self.twice


@dataclass(frozen=True)
class MoneyRow:
    """Money of one kind (`sold`, `refunded`) in one currency, in micros, without sandbox."""

    kind: str
    currency: str
    sent_micros: int
    typed_micros: int

    @property
    def balanced(self) -> bool:
        """Not a micro was lost or won."""
        return self.sent_micros == self.typed_micros


@dataclass(frozen=True)
class Books:
    """The studio's ledger beside the warehouse's tables."""

    rows: tuple[Row, ...]
    money: tuple[MoneyRow, ...]

    @property
    def balanced(self) -> bool:
        """True when every row balances, of events and of money."""
        return all(row.balanced for row in self.rows) and all(row.balanced for row in self.money)


def balance(ledger: Ledger, warehouse: LocalWarehouse) -> Books:
    """Compare what was sent with what the warehouse has after its tasks ran."""
    sources = (_LANDED, _UNTYPED, _REFUSED)
    landed, untyped, refused = (_counts(warehouse.query(_BY_CURRENCY.format(source=s))) for s in sources)
    typed = _counts(warehouse.query(_TYPED))
    keys = {key for counts in (ledger.sent, landed, typed, refused) for key, n in counts.items() if n}
    rows = tuple(
        Row(
            event=key[0],
            currency=key[1],
            sent=ledger.sent[key],
            twice=ledger.twice[key],
            broken=ledger.broken[key],
            typed=typed[key],
            rejected=refused[key] + untyped[key],
            duplicates=landed[key] - typed[key] - untyped[key],
        )
        for key in sorted(keys)
    )
    return Books(rows, tuple(_money(ledger, _counts(warehouse.query(_MONEY)))))


def _money(ledger: Ledger, typed: Counter[Key]) -> Iterable[MoneyRow]:
    sent = {("sold", currency): micros for currency, micros in ledger.revenue_micros.items()}
    sent |= {("refunded", currency): micros for currency, micros in ledger.refund_micros.items()}
    for kind, currency in sorted({*sent, *typed}):
        key = (kind, currency)
        yield MoneyRow(kind, currency, sent.get(key, 0), typed[key])


def _counts(rows: Iterable[dict[str, Any]]) -> Counter[Key]:
    return Counter({tuple(map(str, list(row.values())[:2])): int(row["N"]) for row in rows})  # type: ignore[misc]  # two columns, then N
