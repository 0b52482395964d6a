# Generated from schemas/. Do not edit; run `nox -s codegen`.
"""One function an event: its members as JSON, None for what its model has to look at."""

import re
from json.encoder import encode_basestring as _quoted
from typing import Any

from questlog._generated.models.shared.money import Money
from questlog._model import is_unicode as _is_unicode

BOOL = ("false", "true")
INSTALL_AD_GROUP_MATCHES = re.compile('[^\\u0000-\\u001f\\u007f]*').fullmatch
INSTALL_ATTRIBUTION_SOURCE_MATCHES = re.compile('[^\\u0000-\\u001f\\u007f]*').fullmatch
INSTALL_ATTRIBUTION_STATUS_VALUES = frozenset((
    "organic",
    "attributed",
    "unknown",
))
INSTALL_CAMPAIGN_MATCHES = re.compile('[^\\u0000-\\u001f\\u007f]*').fullmatch
INSTALL_CREATIVE_MATCHES = re.compile('[^\\u0000-\\u001f\\u007f]*').fullmatch
INSTALL_INSTALL_KIND_VALUES = frozenset((
    "first_open",
    "reinstall",
))
INSTALL_INSTALL_REFERRER_MATCHES = re.compile('[!-~]*').fullmatch
INSTALL_STORE_VALUES = frozenset((
    "app_store",
    "google_play",
    "amazon",
    "galaxy_store",
    "huawei",
    "steam",
    "epic",
    "web",
    "other",
))
INSTALL_TRACKING_CONSENT_VALUES = frozenset((
    "authorized",
    "denied",
    "restricted",
    "not_determined",
))
PURCHASE_ORIGINAL_TRANSACTION_ID_MATCHES = re.compile('[!-~]*').fullmatch
PURCHASE_PLACEMENT_MATCHES = re.compile('[^\\u0000-\\u001f\\u007f]*').fullmatch
PURCHASE_PRODUCT_ID_MATCHES = re.compile('[!-~]*').fullmatch
PURCHASE_PRODUCT_TYPE_VALUES = frozenset((
    "consumable",
    "non_consumable",
    "subscription",
))
PURCHASE_RECEIPT_SHA256_MATCHES = re.compile('[0-9a-f]{64}').fullmatch
PURCHASE_STORE_TRANSACTION_ID_MATCHES = re.compile('[!-~]*').fullmatch
PURCHASE_STORE_VALUES = frozenset((
    "app_store",
    "google_play",
    "amazon",
    "galaxy_store",
    "huawei",
    "steam",
    "epic",
    "web",
    "other",
))
REFUND_REASON_VALUES = frozenset((
    "customer_request",
    "accidental",
    "quality",
    "fraud",
    "chargeback",
    "other",
))
REFUND_STORE_TRANSACTION_ID_MATCHES = re.compile('[!-~]*').fullmatch
REFUND_STORE_VALUES = frozenset((
    "app_store",
    "google_play",
    "amazon",
    "galaxy_store",
    "huawei",
    "steam",
    "epic",
    "web",
    "other",
))


def write_install(
    install_kind: Any,
    store: Any,
    attribution_status: Any,
    attribution_source: Any,
    campaign: Any,
    ad_group: Any,
    creative: Any,
    clicked_at: Any,
    install_referrer: Any,
    tracking_consent: Any,
) -> str | None:
    if not (
        type(install_kind) is str and install_kind in INSTALL_INSTALL_KIND_VALUES
        and type(store) is str and store in INSTALL_STORE_VALUES
        and type(attribution_status) is str and attribution_status in INSTALL_ATTRIBUTION_STATUS_VALUES
        and (attribution_source is None or type(attribution_source) is str and 1 <= len(attribution_source) <= 64 and INSTALL_ATTRIBUTION_SOURCE_MATCHES(attribution_source) and (attribution_source.isascii() or _is_unicode(attribution_source)))
        and (campaign is None or type(campaign) is str and 1 <= len(campaign) <= 128 and INSTALL_CAMPAIGN_MATCHES(campaign) and (campaign.isascii() or _is_unicode(campaign)))
        and (ad_group is None or type(ad_group) is str and 1 <= len(ad_group) <= 128 and INSTALL_AD_GROUP_MATCHES(ad_group) and (ad_group.isascii() or _is_unicode(ad_group)))
        and (creative is None or type(creative) is str and 1 <= len(creative) <= 128 and INSTALL_CREATIVE_MATCHES(creative) and (creative.isascii() or _is_unicode(creative)))
        and clicked_at is None
        and (install_referrer is None or type(install_referrer) is str and 1 <= len(install_referrer) <= 512 and INSTALL_INSTALL_REFERRER_MATCHES(install_referrer) and (install_referrer.isascii() or _is_unicode(install_referrer)))
        and (tracking_consent is None or type(tracking_consent) is str and tracking_consent in INSTALL_TRACKING_CONSENT_VALUES)
    ):
        return None
    return (
        f',"install_kind":{_quoted(install_kind)}'
        f',"store":{_quoted(store)}'
        f',"attribution_status":{_quoted(attribution_status)}'
        + ("" if attribution_source is None else f',"attribution_source":{_quoted(attribution_source)}')
        + ("" if campaign is None else f',"campaign":{_quoted(campaign)}')
        + ("" if ad_group is None else f',"ad_group":{_quoted(ad_group)}')
        + ("" if creative is None else f',"creative":{_quoted(creative)}')
        + ("" if install_referrer is None else f',"install_referrer":{_quoted(install_referrer)}')
        + ("" if tracking_consent is None else f',"tracking_consent":{_quoted(tracking_consent)}')
    )


def write_purchase(
    product_id: Any,
    product_type: Any,
    quantity: Any,
    price: Any,
    store: Any,
    store_transaction_id: Any,
    sandbox: Any,
    tax_micros: Any,
    store_fee_micros: Any,
    original_transaction_id: Any,
    receipt_sha256: Any,
    placement: Any,
    player_level: Any,
) -> str | None:
    if not (
        type(product_id) is str and 1 <= len(product_id) <= 128 and PURCHASE_PRODUCT_ID_MATCHES(product_id) and (product_id.isascii() or _is_unicode(product_id))
        and type(product_type) is str and product_type in PURCHASE_PRODUCT_TYPE_VALUES
        and type(quantity) is int and 1 <= quantity <= 10000
        and type(price) is Money and type(price.amount_micros) is int
        and type(store) is str and store in PURCHASE_STORE_VALUES
        and type(store_transaction_id) is str and 1 <= len(store_transaction_id) <= 128 and PURCHASE_STORE_TRANSACTION_ID_MATCHES(store_transaction_id) and (store_transaction_id.isascii() or _is_unicode(store_transaction_id))
        and type(sandbox) is bool
        and (tax_micros is None or type(tax_micros) is int and 0 <= tax_micros <= 1000000000000000)
        and (store_fee_micros is None or type(store_fee_micros) is int and 0 <= store_fee_micros <= 1000000000000000)
        and (original_transaction_id is None or type(original_transaction_id) is str and 1 <= len(original_transaction_id) <= 128 and PURCHASE_ORIGINAL_TRANSACTION_ID_MATCHES(original_transaction_id) and (original_transaction_id.isascii() or _is_unicode(original_transaction_id)))
        and (receipt_sha256 is None or type(receipt_sha256) is str and 64 <= len(receipt_sha256) <= 64 and PURCHASE_RECEIPT_SHA256_MATCHES(receipt_sha256) and (receipt_sha256.isascii() or _is_unicode(receipt_sha256)))
        and (placement is None or type(placement) is str and 1 <= len(placement) <= 64 and PURCHASE_PLACEMENT_MATCHES(placement) and (placement.isascii() or _is_unicode(placement)))
        and (player_level is None or type(player_level) is int and 0 <= player_level <= 1000000)
    ):
        return None
    return (
        f',"product_id":{_quoted(product_id)}'
        f',"product_type":{_quoted(product_type)}'
        f',"quantity":{quantity}'
        f',"price":{{"amount_micros":{price.amount_micros},"currency":{_quoted(price.currency)}}}'
        f',"store":{_quoted(store)}'
        f',"store_transaction_id":{_quoted(store_transaction_id)}'
        f',"sandbox":{BOOL[sandbox]}'
        + ("" if tax_micros is None else f',"tax_micros":{tax_micros}')
        + ("" if store_fee_micros is None else f',"store_fee_micros":{store_fee_micros}')
        + ("" if original_transaction_id is None else f',"original_transaction_id":{_quoted(original_transaction_id)}')
        + ("" if receipt_sha256 is None else f',"receipt_sha256":{_quoted(receipt_sha256)}')
        + ("" if placement is None else f',"placement":{_quoted(placement)}')
        + ("" if player_level is None else f',"player_level":{player_level}')
    )


def write_refund(
    store: Any,
    store_transaction_id: Any,
    amount: Any,
    reason: Any,
    sandbox: Any,
) -> str | None:
    if not (
        type(store) is str and store in REFUND_STORE_VALUES
        and type(store_transaction_id) is str and 1 <= len(store_transaction_id) <= 128 and REFUND_STORE_TRANSACTION_ID_MATCHES(store_transaction_id) and (store_transaction_id.isascii() or _is_unicode(store_transaction_id))
        and type(amount) is Money and type(amount.amount_micros) is int
        and type(reason) is str and reason in REFUND_REASON_VALUES
        and type(sandbox) is bool
    ):
        return None
    return (
        f',"store":{_quoted(store)}'
        f',"store_transaction_id":{_quoted(store_transaction_id)}'
        f',"amount":{{"amount_micros":{amount.amount_micros},"currency":{_quoted(amount.currency)}}}'
        f',"reason":{_quoted(reason)}'
        f',"sandbox":{BOOL[sandbox]}'
    )
