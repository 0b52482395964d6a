"""The purchase that all SDKs send: what it says of player, device and product is the same each time."""

KEY = "ql_bench"
PLAYER = "player-1"
INSTALL = "01930f3a-7c00-7011-8000-000000000011"
SESSION = "01930f3a-7c00-7021-8000-000000000021"
APP = {"version": "2.14.0", "build": "21400417"}
DEVICE = {"platform": "ios", "os_version": "26.1", "model": "iPhone17,2", "locale": "de-DE"}
PRODUCT = "gems_1200"
PRICE = "4.99"  # EUR

_EVENT: dict[str, object] = {
    "install_id": INSTALL,
    "session_id": SESSION,
    "app": APP,
    "device": DEVICE,
    "product_id": PRODUCT,
    "product_type": "consumable",
    "quantity": 1,
    "price": {"amount_micros": 4_990_000, "currency": "EUR"},
    "store": "app_store",
    "sandbox": False,
}
_PRIME = 2_654_435_761  # neighbours come to lie far apart, and no two numbers below 10^9 are the same


def properties(transaction: str) -> dict[str, object]:
    """Return the event as peers take it; player, time and id of the event have places of their own there."""
    return {**_EVENT, "store_transaction_id": transaction}


def transaction(number: int) -> str:
    """Return the store's id of a purchase, the same for the same number."""
    return f"2000000{number * _PRIME % 1_000_000_000:09d}"
