# Generated from schemas/. Do not edit; run `nox -s codegen`.
"""Class name -> check of its JSON form."""

from collections.abc import Callable

from questlog._generated.checks import (
    context,
    install,
    purchase,
    refund,
    shared_app,
    shared_device,
    shared_money,
)

CHECKS: dict[str, Callable[[object], None]] = {
    "App": shared_app.check,
    "Device": shared_device.check,
    "Money": shared_money.check,
    "Context": context.check,
    "Install": install.check,
    "Purchase": purchase.check,
    "Refund": refund.check,
}
