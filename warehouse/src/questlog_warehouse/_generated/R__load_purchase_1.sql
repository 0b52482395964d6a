-- Generated from schemas/purchase/schema.json. Do not edit; run `nox -s codegen`.
COMMENT ON TABLE CORE.PURCHASE_1 IS 'A completed real-money purchase, as the store confirmed it to the game.';
COMMENT ON COLUMN CORE.PURCHASE_1.GAME_ID IS 'Game the write key belongs to.';
COMMENT ON COLUMN CORE.PURCHASE_1.RECEIVED_AT IS 'When the API received the event, UTC.';
COMMENT ON COLUMN CORE.PURCHASE_1.SENT_AT IS 'When the client sent the request, by its own clock, UTC. NULL when it did not say.';
COMMENT ON COLUMN CORE.PURCHASE_1.REQUEST_ID IS 'Request that brought the event, as in the log of the API.';
COMMENT ON COLUMN CORE.PURCHASE_1.SCHEMA_VERSION IS 'Version of this contract, MAJOR.MINOR.';
COMMENT ON COLUMN CORE.PURCHASE_1.EVENT_ID IS 'Identity of this event and its dedupe key: a UUID in lower case, version 7 as the SDK makes them (RFC 9562).';
COMMENT ON COLUMN CORE.PURCHASE_1.OCCURRED_AT IS 'When it happened, by the client''s clock: RFC 3339 with an offset, at most milliseconds are kept. Stored in UTC, cut to milliseconds.';
COMMENT ON COLUMN CORE.PURCHASE_1.INSTALL_ID IS 'Identity of this installation of the game: a UUID in lower case that a reinstall replaces.';
COMMENT ON COLUMN CORE.PURCHASE_1.PLAYER_ID IS 'The studio''s own account id. Absent before login.';
COMMENT ON COLUMN CORE.PURCHASE_1.SESSION_ID IS 'Identity of the play session, new after 30 minutes in the background: a UUID in lower case.';
COMMENT ON COLUMN CORE.PURCHASE_1.APP_VERSION IS 'The build of the game that sent the event. Version a player sees in the store, e.g. 2.14.0.';
COMMENT ON COLUMN CORE.PURCHASE_1.APP_BUILD IS 'The build of the game that sent the event. Build number, unique for every binary of the game, e.g. 21400417.';
COMMENT ON COLUMN CORE.PURCHASE_1.DEVICE_PLATFORM IS 'The device the game runs on, as the platform reports it. Operating system family. One of: ios, android, windows, macos, linux, web, console.';
COMMENT ON COLUMN CORE.PURCHASE_1.DEVICE_OS_VERSION IS 'The device the game runs on, as the platform reports it. Version of the operating system, e.g. 26.1.';
COMMENT ON COLUMN CORE.PURCHASE_1.DEVICE_MODEL IS 'The device the game runs on, as the platform reports it. Hardware model as the platform names it, e.g. iPhone17,2 or Pixel 9.';
COMMENT ON COLUMN CORE.PURCHASE_1.DEVICE_LOCALE IS 'The device the game runs on, as the platform reports it. Language and region the player chose, as a BCP 47 tag: de-DE, pt-BR, zh-Hant-TW.';
COMMENT ON COLUMN CORE.PURCHASE_1.PRODUCT_ID IS 'Product id (SKU) in the store''s catalogue.';
COMMENT ON COLUMN CORE.PURCHASE_1.PRODUCT_TYPE IS 'How the product is consumed. One of: consumable, non_consumable, subscription.';
COMMENT ON COLUMN CORE.PURCHASE_1.QUANTITY IS 'Units bought in this transaction, in pieces.';
COMMENT ON COLUMN CORE.PURCHASE_1.PRICE_AMOUNT_MICROS IS 'Total charged for this transaction: all units, tax included. Amount in micros: 1 micro is 10^-6 of the currency''s major unit, in every currency. 4.99 EUR is 4990000; 500 JPY is 500000000.';
COMMENT ON COLUMN CORE.PURCHASE_1.PRICE_CURRENCY IS 'Total charged for this transaction: all units, tax included. ISO 4217 alphabetic code of a circulating currency, in capitals. Virtual currencies are never a currency here.';
COMMENT ON COLUMN CORE.PURCHASE_1.TAX_MICROS IS 'Tax contained in the price, in micros of the price''s currency. Absent when the store does not tell.';
COMMENT ON COLUMN CORE.PURCHASE_1.STORE_FEE_MICROS IS 'Commission the store keeps, in micros of the price''s currency. Absent when unknown.';
COMMENT ON COLUMN CORE.PURCHASE_1.STORE IS 'Store that distributed the app and, for purchases, charged the player. One of: app_store, google_play, amazon, galaxy_store, huawei, steam, epic, web, other.';
COMMENT ON COLUMN CORE.PURCHASE_1.STORE_TRANSACTION_ID IS 'Transaction id the store gave, unique within the store: StoreKit transactionID, Play orderId.';
COMMENT ON COLUMN CORE.PURCHASE_1.ORIGINAL_TRANSACTION_ID IS 'Transaction that started the subscription, or that this one restores. Absent for a first purchase.';
COMMENT ON COLUMN CORE.PURCHASE_1.SANDBOX IS 'True when the store''s test environment was used: such purchases are no revenue.';
COMMENT ON COLUMN CORE.PURCHASE_1.RECEIPT_SHA256 IS 'SHA-256 of the store receipt, 64 hexadecimal digits in lower case. Never the receipt itself: it is personal data.';
COMMENT ON COLUMN CORE.PURCHASE_1.PLACEMENT IS 'Where in the game the offer was shown, e.g. shop or out_of_lives.';
COMMENT ON COLUMN CORE.PURCHASE_1.PLAYER_LEVEL IS 'Level the player had reached, counted from 0.';

ALTER TABLE CORE.PURCHASE_1 MODIFY COLUMN INSTALL_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.PURCHASE_1 MODIFY COLUMN PLAYER_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.PURCHASE_1 MODIFY COLUMN SESSION_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.PURCHASE_1 MODIFY COLUMN STORE_TRANSACTION_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.PURCHASE_1 MODIFY COLUMN ORIGINAL_TRANSACTION_ID SET TAG CORE.PII = 'pseudonymous';

ALTER TABLE CORE.PURCHASE_1 CLUSTER BY (TO_DATE(RECEIVED_AT));

CREATE OR REPLACE TASK CORE.LOAD_PURCHASE_1 USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SCHEDULE = '1 MINUTE'
  WHEN SYSTEM$STREAM_HAS_DATA('LANDING.EVENTS_FOR_PURCHASE_1')
AS MERGE INTO CORE.PURCHASE_1 AS T USING (
  SELECT * FROM (
    SELECT
      RECORD_CONTENT:game_id::VARCHAR AS GAME_ID,
      DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ) AS RECEIVED_AT,
      DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:sent_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ) AS SENT_AT,
      RECORD_CONTENT:request_id::VARCHAR AS REQUEST_ID,
      RECORD_CONTENT:event.schema_version::VARCHAR AS SCHEMA_VERSION,
      RECORD_CONTENT:event.event_id::VARCHAR AS EVENT_ID,
      DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:event.occurred_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ) AS OCCURRED_AT,
      RECORD_CONTENT:event.install_id::VARCHAR AS INSTALL_ID,
      RECORD_CONTENT:event.player_id::VARCHAR AS PLAYER_ID,
      RECORD_CONTENT:event.session_id::VARCHAR AS SESSION_ID,
      RECORD_CONTENT:event.app.version::VARCHAR AS APP_VERSION,
      RECORD_CONTENT:event.app.build::VARCHAR AS APP_BUILD,
      RECORD_CONTENT:event.device.platform::VARCHAR AS DEVICE_PLATFORM,
      RECORD_CONTENT:event.device.os_version::VARCHAR AS DEVICE_OS_VERSION,
      RECORD_CONTENT:event.device.model::VARCHAR AS DEVICE_MODEL,
      RECORD_CONTENT:event.device.locale::VARCHAR AS DEVICE_LOCALE,
      RECORD_CONTENT:event.product_id::VARCHAR AS PRODUCT_ID,
      RECORD_CONTENT:event.product_type::VARCHAR AS PRODUCT_TYPE,
      TRY_TO_NUMBER(RECORD_CONTENT:event.quantity::VARCHAR, 5, 0) AS QUANTITY,
      TRY_TO_NUMBER(RECORD_CONTENT:event.price.amount_micros::VARCHAR, 16, 0) AS PRICE_AMOUNT_MICROS,
      RECORD_CONTENT:event.price.currency::VARCHAR AS PRICE_CURRENCY,
      TRY_TO_NUMBER(RECORD_CONTENT:event.tax_micros::VARCHAR, 16, 0) AS TAX_MICROS,
      TRY_TO_NUMBER(RECORD_CONTENT:event.store_fee_micros::VARCHAR, 16, 0) AS STORE_FEE_MICROS,
      RECORD_CONTENT:event.store::VARCHAR AS STORE,
      RECORD_CONTENT:event.store_transaction_id::VARCHAR AS STORE_TRANSACTION_ID,
      RECORD_CONTENT:event.original_transaction_id::VARCHAR AS ORIGINAL_TRANSACTION_ID,
      TRY_TO_BOOLEAN(RECORD_CONTENT:event.sandbox::VARCHAR) AS SANDBOX,
      RECORD_CONTENT:event.receipt_sha256::VARCHAR AS RECEIPT_SHA256,
      RECORD_CONTENT:event.placement::VARCHAR AS PLACEMENT,
      TRY_TO_NUMBER(RECORD_CONTENT:event.player_level::VARCHAR, 7, 0) AS PLAYER_LEVEL,
      CASE
        WHEN TYPEOF(RECORD_CONTENT:event) <> 'OBJECT' THEN ' type'
        WHEN RECORD_CONTENT:event.event IS NULL THEN '/event required'
        WHEN RECORD_CONTENT:event.schema_version IS NULL THEN '/schema_version required'
        WHEN RECORD_CONTENT:event.event_id IS NULL THEN '/event_id required'
        WHEN RECORD_CONTENT:event.occurred_at IS NULL THEN '/occurred_at required'
        WHEN RECORD_CONTENT:event.install_id IS NULL THEN '/install_id required'
        WHEN RECORD_CONTENT:event.session_id IS NULL THEN '/session_id required'
        WHEN RECORD_CONTENT:event.app IS NULL THEN '/app required'
        WHEN RECORD_CONTENT:event.device IS NULL THEN '/device required'
        WHEN RECORD_CONTENT:event.product_id IS NULL THEN '/product_id required'
        WHEN RECORD_CONTENT:event.product_type IS NULL THEN '/product_type required'
        WHEN RECORD_CONTENT:event.quantity IS NULL THEN '/quantity required'
        WHEN RECORD_CONTENT:event.price IS NULL THEN '/price required'
        WHEN RECORD_CONTENT:event.store IS NULL THEN '/store required'
        WHEN RECORD_CONTENT:event.store_transaction_id IS NULL THEN '/store_transaction_id required'
        WHEN RECORD_CONTENT:event.sandbox IS NULL THEN '/sandbox required'
        WHEN TYPEOF(RECORD_CONTENT:event.event) <> 'VARCHAR' THEN '/event type'
        WHEN TYPEOF(RECORD_CONTENT:event.schema_version) <> 'VARCHAR' THEN '/schema_version type'
        WHEN TYPEOF(RECORD_CONTENT:event.event_id) <> 'VARCHAR' THEN '/event_id type'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.event_id::VARCHAR, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') THEN '/event_id format'
        WHEN TYPEOF(RECORD_CONTENT:event.occurred_at) <> 'VARCHAR' THEN '/occurred_at type'
        WHEN RECORD_CONTENT:event.occurred_at IS NOT NULL AND (NOT REGEXP_LIKE(RECORD_CONTENT:event.occurred_at::VARCHAR, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') OR RECORD_CONTENT:event.occurred_at::VARCHAR LIKE '0000-%' OR DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:event.occurred_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ) IS NULL) THEN '/occurred_at format'
        WHEN TYPEOF(RECORD_CONTENT:event.install_id) <> 'VARCHAR' THEN '/install_id type'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.install_id::VARCHAR, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') THEN '/install_id format'
        WHEN TYPEOF(RECORD_CONTENT:event.player_id) <> 'VARCHAR' THEN '/player_id type'
        WHEN LENGTH(RECORD_CONTENT:event.player_id::VARCHAR) < 1 THEN '/player_id minLength'
        WHEN LENGTH(RECORD_CONTENT:event.player_id::VARCHAR) > 64 THEN '/player_id maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.player_id::VARCHAR, '^[0-9A-Za-z_.:-]{1,64}$') THEN '/player_id pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.session_id) <> 'VARCHAR' THEN '/session_id type'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.session_id::VARCHAR, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$') THEN '/session_id format'
        WHEN TYPEOF(RECORD_CONTENT:event.app) <> 'OBJECT' THEN '/app type'
        WHEN RECORD_CONTENT:event.app IS NOT NULL AND RECORD_CONTENT:event.app.version IS NULL THEN '/app/version required'
        WHEN RECORD_CONTENT:event.app IS NOT NULL AND RECORD_CONTENT:event.app.build IS NULL THEN '/app/build required'
        WHEN TYPEOF(RECORD_CONTENT:event.app.version) <> 'VARCHAR' THEN '/app/version type'
        WHEN LENGTH(RECORD_CONTENT:event.app.version::VARCHAR) < 1 THEN '/app/version minLength'
        WHEN LENGTH(RECORD_CONTENT:event.app.version::VARCHAR) > 32 THEN '/app/version maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.app.version::VARCHAR, '^[0-9A-Za-z.+_-]{1,32}$') THEN '/app/version pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.app.build) <> 'VARCHAR' THEN '/app/build type'
        WHEN LENGTH(RECORD_CONTENT:event.app.build::VARCHAR) < 1 THEN '/app/build minLength'
        WHEN LENGTH(RECORD_CONTENT:event.app.build::VARCHAR) > 32 THEN '/app/build maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.app.build::VARCHAR, '^[0-9A-Za-z.+_-]{1,32}$') THEN '/app/build pattern'
        WHEN ARRAY_SIZE(ARRAY_EXCEPT(OBJECT_KEYS(RECORD_CONTENT:event.app), ARRAY_CONSTRUCT('version', 'build'))) > 0 THEN '/app additionalProperties'
        WHEN TYPEOF(RECORD_CONTENT:event.device) <> 'OBJECT' THEN '/device type'
        WHEN RECORD_CONTENT:event.device IS NOT NULL AND RECORD_CONTENT:event.device.platform IS NULL THEN '/device/platform required'
        WHEN RECORD_CONTENT:event.device IS NOT NULL AND RECORD_CONTENT:event.device.os_version IS NULL THEN '/device/os_version required'
        WHEN RECORD_CONTENT:event.device IS NOT NULL AND RECORD_CONTENT:event.device.model IS NULL THEN '/device/model required'
        WHEN RECORD_CONTENT:event.device IS NOT NULL AND RECORD_CONTENT:event.device.locale IS NULL THEN '/device/locale required'
        WHEN TYPEOF(RECORD_CONTENT:event.device.platform) <> 'VARCHAR' THEN '/device/platform type'
        WHEN RECORD_CONTENT:event.device.platform::VARCHAR NOT IN ('ios', 'android', 'windows', 'macos', 'linux', 'web', 'console') THEN '/device/platform enum'
        WHEN TYPEOF(RECORD_CONTENT:event.device.os_version) <> 'VARCHAR' THEN '/device/os_version type'
        WHEN LENGTH(RECORD_CONTENT:event.device.os_version::VARCHAR) < 1 THEN '/device/os_version minLength'
        WHEN LENGTH(RECORD_CONTENT:event.device.os_version::VARCHAR) > 32 THEN '/device/os_version maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.device.os_version::VARCHAR, '^[0-9A-Za-z.+_ -]{1,32}$') THEN '/device/os_version pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.device.model) <> 'VARCHAR' THEN '/device/model type'
        WHEN LENGTH(RECORD_CONTENT:event.device.model::VARCHAR) < 1 THEN '/device/model minLength'
        WHEN LENGTH(RECORD_CONTENT:event.device.model::VARCHAR) > 64 THEN '/device/model maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.device.model::VARCHAR, '^[^[:cntrl:]]*$') THEN '/device/model pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.device.locale) <> 'VARCHAR' THEN '/device/locale type'
        WHEN LENGTH(RECORD_CONTENT:event.device.locale::VARCHAR) < 2 THEN '/device/locale minLength'
        WHEN LENGTH(RECORD_CONTENT:event.device.locale::VARCHAR) > 16 THEN '/device/locale maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.device.locale::VARCHAR, '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$') THEN '/device/locale pattern'
        WHEN ARRAY_SIZE(ARRAY_EXCEPT(OBJECT_KEYS(RECORD_CONTENT:event.device), ARRAY_CONSTRUCT('platform', 'os_version', 'model', 'locale'))) > 0 THEN '/device additionalProperties'
        WHEN TYPEOF(RECORD_CONTENT:event.product_id) <> 'VARCHAR' THEN '/product_id type'
        WHEN LENGTH(RECORD_CONTENT:event.product_id::VARCHAR) < 1 THEN '/product_id minLength'
        WHEN LENGTH(RECORD_CONTENT:event.product_id::VARCHAR) > 128 THEN '/product_id maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.product_id::VARCHAR, '^[!-~]*$') THEN '/product_id pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.product_type) <> 'VARCHAR' THEN '/product_type type'
        WHEN RECORD_CONTENT:event.product_type::VARCHAR NOT IN ('consumable', 'non_consumable', 'subscription') THEN '/product_type enum'
        WHEN TYPEOF(RECORD_CONTENT:event.quantity) NOT IN ('INTEGER', 'DECIMAL', 'DOUBLE') OR NOT REGEXP_LIKE(RECORD_CONTENT:event.quantity::VARCHAR, '^-?([0-9]+([.]0+)?|[0-9]([.][0-9]+)?e[+]?(1[7-9]|[2-9][0-9]|[1-3][0-9][0-9]))$') THEN '/quantity type'
        WHEN COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.quantity::VARCHAR, 38, 0) < 1, RECORD_CONTENT:event.quantity::VARCHAR LIKE '-%') THEN '/quantity minimum'
        WHEN RECORD_CONTENT:event.quantity IS NOT NULL AND COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.quantity::VARCHAR, 38, 0) > 10000, TRUE) THEN '/quantity maximum'
        WHEN TYPEOF(RECORD_CONTENT:event.price) <> 'OBJECT' THEN '/price type'
        WHEN RECORD_CONTENT:event.price IS NOT NULL AND RECORD_CONTENT:event.price.amount_micros IS NULL THEN '/price/amount_micros required'
        WHEN RECORD_CONTENT:event.price IS NOT NULL AND RECORD_CONTENT:event.price.currency IS NULL THEN '/price/currency required'
        WHEN TYPEOF(RECORD_CONTENT:event.price.amount_micros) NOT IN ('INTEGER', 'DECIMAL', 'DOUBLE') OR NOT REGEXP_LIKE(RECORD_CONTENT:event.price.amount_micros::VARCHAR, '^-?([0-9]+([.]0+)?|[0-9]([.][0-9]+)?e[+]?(1[7-9]|[2-9][0-9]|[1-3][0-9][0-9]))$') THEN '/price/amount_micros type'
        WHEN COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.price.amount_micros::VARCHAR, 38, 0) < 0, RECORD_CONTENT:event.price.amount_micros::VARCHAR LIKE '-%') THEN '/price/amount_micros minimum'
        WHEN RECORD_CONTENT:event.price.amount_micros IS NOT NULL AND COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.price.amount_micros::VARCHAR, 38, 0) > 1000000000000000, TRUE) THEN '/price/amount_micros maximum'
        WHEN TYPEOF(RECORD_CONTENT:event.price.currency) <> 'VARCHAR' THEN '/price/currency type'
        WHEN RECORD_CONTENT:event.price.currency::VARCHAR NOT IN ('AED', 'AFN', 'ALL', 'AMD', 'AOA', 'ARS', 'AUD', 'AWG', 'AZN', 'BAM', 'BBD', 'BDT', 'BHD', 'BIF', 'BMD', 'BND', 'BOB', 'BRL', 'BSD', 'BTN', 'BWP', 'BYN', 'BZD', 'CAD', 'CDF', 'CHF', 'CLP', 'CNY', 'COP', 'CRC', 'CUP', 'CVE', 'CZK', 'DJF', 'DKK', 'DOP', 'DZD', 'EGP', 'ERN', 'ETB', 'EUR', 'FJD', 'FKP', 'GBP', 'GEL', 'GHS', 'GIP', 'GMD', 'GNF', 'GTQ', 'GYD', 'HKD', 'HNL', 'HTG', 'HUF', 'IDR', 'ILS', 'INR', 'IQD', 'IRR', 'ISK', 'JMD', 'JOD', 'JPY', 'KES', 'KGS', 'KHR', 'KMF', 'KPW', 'KRW', 'KWD', 'KYD', 'KZT', 'LAK', 'LBP', 'LKR', 'LRD', 'LSL', 'LYD', 'MAD', 'MDL', 'MGA', 'MKD', 'MMK', 'MNT', 'MOP', 'MRU', 'MUR', 'MVR', 'MWK', 'MXN', 'MYR', 'MZN', 'NAD', 'NGN', 'NIO', 'NOK', 'NPR', 'NZD', 'OMR', 'PAB', 'PEN', 'PGK', 'PHP', 'PKR', 'PLN', 'PYG', 'QAR', 'RON', 'RSD', 'RUB', 'RWF', 'SAR', 'SBD', 'SCR', 'SDG', 'SEK', 'SGD', 'SHP', 'SLE', 'SOS', 'SRD', 'SSP', 'STN', 'SVC', 'SYP', 'SZL', 'THB', 'TJS', 'TMT', 'TND', 'TOP', 'TRY', 'TTD', 'TWD', 'TZS', 'UAH', 'UGX', 'USD', 'UYU', 'UZS', 'VED', 'VES', 'VND', 'VUV', 'WST', 'XAF', 'XCD', 'XCG', 'XOF', 'XPF', 'YER', 'ZAR', 'ZMW', 'ZWG') THEN '/price/currency enum'
        WHEN ARRAY_SIZE(ARRAY_EXCEPT(OBJECT_KEYS(RECORD_CONTENT:event.price), ARRAY_CONSTRUCT('amount_micros', 'currency'))) > 0 THEN '/price additionalProperties'
        WHEN TYPEOF(RECORD_CONTENT:event.tax_micros) NOT IN ('INTEGER', 'DECIMAL', 'DOUBLE') OR NOT REGEXP_LIKE(RECORD_CONTENT:event.tax_micros::VARCHAR, '^-?([0-9]+([.]0+)?|[0-9]([.][0-9]+)?e[+]?(1[7-9]|[2-9][0-9]|[1-3][0-9][0-9]))$') THEN '/tax_micros type'
        WHEN COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.tax_micros::VARCHAR, 38, 0) < 0, RECORD_CONTENT:event.tax_micros::VARCHAR LIKE '-%') THEN '/tax_micros minimum'
        WHEN RECORD_CONTENT:event.tax_micros IS NOT NULL AND COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.tax_micros::VARCHAR, 38, 0) > 1000000000000000, TRUE) THEN '/tax_micros maximum'
        WHEN TYPEOF(RECORD_CONTENT:event.store_fee_micros) NOT IN ('INTEGER', 'DECIMAL', 'DOUBLE') OR NOT REGEXP_LIKE(RECORD_CONTENT:event.store_fee_micros::VARCHAR, '^-?([0-9]+([.]0+)?|[0-9]([.][0-9]+)?e[+]?(1[7-9]|[2-9][0-9]|[1-3][0-9][0-9]))$') THEN '/store_fee_micros type'
        WHEN COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.store_fee_micros::VARCHAR, 38, 0) < 0, RECORD_CONTENT:event.store_fee_micros::VARCHAR LIKE '-%') THEN '/store_fee_micros minimum'
        WHEN RECORD_CONTENT:event.store_fee_micros IS NOT NULL AND COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.store_fee_micros::VARCHAR, 38, 0) > 1000000000000000, TRUE) THEN '/store_fee_micros maximum'
        WHEN TYPEOF(RECORD_CONTENT:event.store) <> 'VARCHAR' THEN '/store type'
        WHEN RECORD_CONTENT:event.store::VARCHAR NOT IN ('app_store', 'google_play', 'amazon', 'galaxy_store', 'huawei', 'steam', 'epic', 'web', 'other') THEN '/store enum'
        WHEN TYPEOF(RECORD_CONTENT:event.store_transaction_id) <> 'VARCHAR' THEN '/store_transaction_id type'
        WHEN LENGTH(RECORD_CONTENT:event.store_transaction_id::VARCHAR) < 1 THEN '/store_transaction_id minLength'
        WHEN LENGTH(RECORD_CONTENT:event.store_transaction_id::VARCHAR) > 128 THEN '/store_transaction_id maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.store_transaction_id::VARCHAR, '^[!-~]*$') THEN '/store_transaction_id pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.original_transaction_id) <> 'VARCHAR' THEN '/original_transaction_id type'
        WHEN LENGTH(RECORD_CONTENT:event.original_transaction_id::VARCHAR) < 1 THEN '/original_transaction_id minLength'
        WHEN LENGTH(RECORD_CONTENT:event.original_transaction_id::VARCHAR) > 128 THEN '/original_transaction_id maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.original_transaction_id::VARCHAR, '^[!-~]*$') THEN '/original_transaction_id pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.sandbox) <> 'BOOLEAN' THEN '/sandbox type'
        WHEN TYPEOF(RECORD_CONTENT:event.receipt_sha256) <> 'VARCHAR' THEN '/receipt_sha256 type'
        WHEN LENGTH(RECORD_CONTENT:event.receipt_sha256::VARCHAR) < 64 THEN '/receipt_sha256 minLength'
        WHEN LENGTH(RECORD_CONTENT:event.receipt_sha256::VARCHAR) > 64 THEN '/receipt_sha256 maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.receipt_sha256::VARCHAR, '^[0-9a-f]{64}$') THEN '/receipt_sha256 pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.placement) <> 'VARCHAR' THEN '/placement type'
        WHEN LENGTH(RECORD_CONTENT:event.placement::VARCHAR) < 1 THEN '/placement minLength'
        WHEN LENGTH(RECORD_CONTENT:event.placement::VARCHAR) > 64 THEN '/placement maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.placement::VARCHAR, '^[^[:cntrl:]]*$') THEN '/placement pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.player_level) NOT IN ('INTEGER', 'DECIMAL', 'DOUBLE') OR NOT REGEXP_LIKE(RECORD_CONTENT:event.player_level::VARCHAR, '^-?([0-9]+([.]0+)?|[0-9]([.][0-9]+)?e[+]?(1[7-9]|[2-9][0-9]|[1-3][0-9][0-9]))$') THEN '/player_level type'
        WHEN COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.player_level::VARCHAR, 38, 0) < 0, RECORD_CONTENT:event.player_level::VARCHAR LIKE '-%') THEN '/player_level minimum'
        WHEN RECORD_CONTENT:event.player_level IS NOT NULL AND COALESCE(TRY_TO_NUMBER(RECORD_CONTENT:event.player_level::VARCHAR, 38, 0) > 1000000, TRUE) THEN '/player_level maximum'
        WHEN ARRAY_SIZE(ARRAY_EXCEPT(OBJECT_KEYS(RECORD_CONTENT:event), ARRAY_CONSTRUCT('event', 'schema_version', 'event_id', 'occurred_at', 'install_id', 'player_id', 'session_id', 'app', 'device', 'product_id', 'product_type', 'quantity', 'price', 'tax_micros', 'store_fee_micros', 'store', 'store_transaction_id', 'original_transaction_id', 'sandbox', 'receipt_sha256', 'placement', 'player_level'))) > 0 THEN ' additionalProperties'
      END AS _BROKEN
    FROM LANDING.EVENTS_FOR_PURCHASE_1
    WHERE RECORD_CONTENT:event.event::VARCHAR = 'purchase' AND RECORD_CONTENT:event.schema_version::VARCHAR IN ('1.0')
  )
  WHERE GAME_ID IS NOT NULL AND RECEIVED_AT IS NOT NULL AND _BROKEN IS NULL
  QUALIFY ROW_NUMBER() OVER (PARTITION BY GAME_ID, EVENT_ID ORDER BY RECEIVED_AT) = 1
) AS S
ON T.GAME_ID = S.GAME_ID AND T.EVENT_ID = S.EVENT_ID
  AND T.RECEIVED_AT >= DATEADD('day', -30, S.RECEIVED_AT)
WHEN NOT MATCHED THEN INSERT (
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
  PRODUCT_ID,
  PRODUCT_TYPE,
  QUANTITY,
  PRICE_AMOUNT_MICROS,
  PRICE_CURRENCY,
  TAX_MICROS,
  STORE_FEE_MICROS,
  STORE,
  STORE_TRANSACTION_ID,
  ORIGINAL_TRANSACTION_ID,
  SANDBOX,
  RECEIPT_SHA256,
  PLACEMENT,
  PLAYER_LEVEL
) VALUES (
  S.GAME_ID,
  S.RECEIVED_AT,
  S.SENT_AT,
  S.REQUEST_ID,
  S.SCHEMA_VERSION,
  S.EVENT_ID,
  S.OCCURRED_AT,
  S.INSTALL_ID,
  S.PLAYER_ID,
  S.SESSION_ID,
  S.APP_VERSION,
  S.APP_BUILD,
  S.DEVICE_PLATFORM,
  S.DEVICE_OS_VERSION,
  S.DEVICE_MODEL,
  S.DEVICE_LOCALE,
  S.PRODUCT_ID,
  S.PRODUCT_TYPE,
  S.QUANTITY,
  S.PRICE_AMOUNT_MICROS,
  S.PRICE_CURRENCY,
  S.TAX_MICROS,
  S.STORE_FEE_MICROS,
  S.STORE,
  S.STORE_TRANSACTION_ID,
  S.ORIGINAL_TRANSACTION_ID,
  S.SANDBOX,
  S.RECEIPT_SHA256,
  S.PLACEMENT,
  S.PLAYER_LEVEL
);

ALTER TASK CORE.LOAD_PURCHASE_1 RESUME;
