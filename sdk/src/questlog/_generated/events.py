# Generated from schemas/. Do not edit; run `nox -s codegen`.
"""Models of all events and the fragments they share."""

from questlog._generated.client import EventMethods
from questlog._generated.models.events.install import Install
from questlog._generated.models.events.purchase import Purchase
from questlog._generated.models.events.refund import Refund
from questlog._generated.models.shared.app import App
from questlog._generated.models.shared.currency import Currency
from questlog._generated.models.shared.device import Device
from questlog._generated.models.shared.money import Money
from questlog._generated.models.shared.store import Store
from questlog._model import Event

__all__ = [
    "App",
    "Currency",
    "Device",
    "EVENTS",
    "EventMethods",
    "Install",
    "Money",
    "Purchase",
    "Refund",
    "Store",
]

EVENTS: dict[str, type[Event]] = {
    "install": Install,
    "purchase": Purchase,
    "refund": Refund,
}
"""Event name -> class of its newest version."""
