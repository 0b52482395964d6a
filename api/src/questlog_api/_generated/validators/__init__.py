# Generated from schemas/. Do not edit; run `nox -s codegen`.
"""Event -> version -> check, for every version the API ever accepted."""

from collections.abc import Callable

from questlog_api._generated.validators import (
    install_1_0,
    purchase_1_0,
    refund_1_0,
)

VALIDATORS: dict[str, dict[str, Callable[[object], None]]] = {
    "install": {"1.0": install_1_0.check},
    "purchase": {"1.0": purchase_1_0.check},
    "refund": {"1.0": refund_1_0.check},
}
