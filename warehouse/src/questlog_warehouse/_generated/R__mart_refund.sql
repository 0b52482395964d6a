-- Generated from schemas/refund/schema.json. Do not edit; run `nox -s codegen`.
CREATE OR REPLACE VIEW MART.REFUND AS
SELECT
  GAME_ID,
  RECEIVED_AT,
  SENT_AT,
  REQUEST_ID,
  SCHEMA_VERSION,
  EVENT_ID,
  OCCURRED_AT,
  INSTALL_ID,
  PLAYER_ID,
  SESSION_ID,
  APP_VERSION,
  APP_BUILD,
  DEVICE_PLATFORM,
  DEVICE_OS_VERSION,
  DEVICE_MODEL,
  DEVICE_LOCALE,
  STORE,
  STORE_TRANSACTION_ID,
  AMOUNT_AMOUNT_MICROS,
  AMOUNT_CURRENCY,
  REASON,
  SANDBOX
FROM CORE.REFUND_1;

COMMENT ON VIEW MART.REFUND IS 'Money given back for an earlier purchase, in full or in part. It names the purchase by store and transaction id: stores know no event ids. All versions together: 1.0.';
