-- Generated from schemas/install/schema.json. Do not edit; run `nox -s codegen`.
COMMENT ON TABLE CORE.INSTALL_1 IS 'The first time a game runs after it was installed, with what is known of how the player came.';
COMMENT ON COLUMN CORE.INSTALL_1.GAME_ID IS 'Game the write key belongs to.';
COMMENT ON COLUMN CORE.INSTALL_1.RECEIVED_AT IS 'When the API received the event, UTC.';
COMMENT ON COLUMN CORE.INSTALL_1.SENT_AT IS 'When the client sent the request, by its own clock, UTC. NULL when it did not say.';
COMMENT ON COLUMN CORE.INSTALL_1.REQUEST_ID IS 'Request that brought the event, as in the log of the API.';
COMMENT ON COLUMN CORE.INSTALL_1.SCHEMA_VERSION IS 'Version of this contract, MAJOR.MINOR.';
COMMENT ON COLUMN CORE.INSTALL_1.EVENT_ID IS 'Identity of this event and its dedupe key: a UUID in lower case, version 7 as the SDK makes them (RFC 9562).';
COMMENT ON COLUMN CORE.INSTALL_1.OCCURRED_AT IS 'When it happened, by the client''s clock: RFC 3339 with an offset, at most milliseconds are kept. Stored in UTC, cut to milliseconds.';
COMMENT ON COLUMN CORE.INSTALL_1.INSTALL_ID IS 'Identity of this installation of the game: a UUID in lower case that a reinstall replaces.';
COMMENT ON COLUMN CORE.INSTALL_1.PLAYER_ID IS 'The studio''s own account id. Absent before login.';
COMMENT ON COLUMN CORE.INSTALL_1.SESSION_ID IS 'Identity of the play session, new after 30 minutes in the background: a UUID in lower case.';
COMMENT ON COLUMN CORE.INSTALL_1.APP_VERSION IS 'The build of the game that sent the event. Version a player sees in the store, e.g. 2.14.0.';
COMMENT ON COLUMN CORE.INSTALL_1.APP_BUILD IS 'The build of the game that sent the event. Build number, unique for every binary of the game, e.g. 21400417.';
COMMENT ON COLUMN CORE.INSTALL_1.DEVICE_PLATFORM IS 'The device the game runs on, as the platform reports it. Operating system family. One of: ios, android, windows, macos, linux, web, console.';
COMMENT ON COLUMN CORE.INSTALL_1.DEVICE_OS_VERSION IS 'The device the game runs on, as the platform reports it. Version of the operating system, e.g. 26.1.';
COMMENT ON COLUMN CORE.INSTALL_1.DEVICE_MODEL IS 'The device the game runs on, as the platform reports it. Hardware model as the platform names it, e.g. iPhone17,2 or Pixel 9.';
COMMENT ON COLUMN CORE.INSTALL_1.DEVICE_LOCALE IS 'The device the game runs on, as the platform reports it. Language and region the player chose, as a BCP 47 tag: de-DE, pt-BR, zh-Hant-TW.';
COMMENT ON COLUMN CORE.INSTALL_1.INSTALL_KIND IS 'Whether this player is new to the game (first_open) or had it before on this device or account (reinstall). One of: first_open, reinstall.';
COMMENT ON COLUMN CORE.INSTALL_1.STORE IS 'Store that distributed the app and, for purchases, charged the player. One of: app_store, google_play, amazon, galaxy_store, huawei, steam, epic, web, other.';
COMMENT ON COLUMN CORE.INSTALL_1.ATTRIBUTION_STATUS IS 'Whether a paid or owned channel is credited with this install: organic, attributed, or unknown while the answer is outstanding. One of: organic, attributed, unknown.';
COMMENT ON COLUMN CORE.INSTALL_1.ATTRIBUTION_SOURCE IS 'Network or channel credited, as the attribution provider names it, e.g. unity_ads. Absent when organic.';
COMMENT ON COLUMN CORE.INSTALL_1.CAMPAIGN IS 'Campaign name or id as the network reports it.';
COMMENT ON COLUMN CORE.INSTALL_1.AD_GROUP IS 'Ad group or ad set within the campaign.';
COMMENT ON COLUMN CORE.INSTALL_1.CREATIVE IS 'Creative shown: video, playable or image name or id.';
COMMENT ON COLUMN CORE.INSTALL_1.CLICKED_AT IS 'When the credited ad was tapped, by the attribution provider''s clock: RFC 3339 with an offset. Stored in UTC, cut to milliseconds.';
COMMENT ON COLUMN CORE.INSTALL_1.INSTALL_REFERRER IS 'Google Play install referrer, as the store returned it (at most 512 characters).';
COMMENT ON COLUMN CORE.INSTALL_1.TRACKING_CONSENT IS 'Answer to the platform''s tracking prompt (App Tracking Transparency on iOS). One of: authorized, denied, restricted, not_determined.';

ALTER TABLE CORE.INSTALL_1 MODIFY COLUMN INSTALL_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.INSTALL_1 MODIFY COLUMN PLAYER_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.INSTALL_1 MODIFY COLUMN SESSION_ID SET TAG CORE.PII = 'pseudonymous';
ALTER TABLE CORE.INSTALL_1 MODIFY COLUMN INSTALL_REFERRER SET TAG CORE.PII = 'pseudonymous';

ALTER TABLE CORE.INSTALL_1 CLUSTER BY (TO_DATE(RECEIVED_AT));

CREATE OR REPLACE TASK CORE.LOAD_INSTALL_1 USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SCHEDULE = '1 MINUTE'
  WHEN SYSTEM$STREAM_HAS_DATA('LANDING.EVENTS_FOR_INSTALL_1')
AS MERGE INTO CORE.INSTALL_1 AS T USING (
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
      RECORD_CONTENT:event.install_kind::VARCHAR AS INSTALL_KIND,
      RECORD_CONTENT:event.store::VARCHAR AS STORE,
      RECORD_CONTENT:event.attribution_status::VARCHAR AS ATTRIBUTION_STATUS,
      RECORD_CONTENT:event.attribution_source::VARCHAR AS ATTRIBUTION_SOURCE,
      RECORD_CONTENT:event.campaign::VARCHAR AS CAMPAIGN,
      RECORD_CONTENT:event.ad_group::VARCHAR AS AD_GROUP,
      RECORD_CONTENT:event.creative::VARCHAR AS CREATIVE,
      DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:event.clicked_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ) AS CLICKED_AT,
      RECORD_CONTENT:event.install_referrer::VARCHAR AS INSTALL_REFERRER,
      RECORD_CONTENT:event.tracking_consent::VARCHAR AS TRACKING_CONSENT,
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
        WHEN RECORD_CONTENT:event.install_kind IS NULL THEN '/install_kind required'
        WHEN RECORD_CONTENT:event.store IS NULL THEN '/store required'
        WHEN RECORD_CONTENT:event.attribution_status IS NULL THEN '/attribution_status required'
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
        WHEN TYPEOF(RECORD_CONTENT:event.install_kind) <> 'VARCHAR' THEN '/install_kind type'
        WHEN RECORD_CONTENT:event.install_kind::VARCHAR NOT IN ('first_open', 'reinstall') THEN '/install_kind enum'
        WHEN TYPEOF(RECORD_CONTENT:event.store) <> 'VARCHAR' THEN '/store type'
        WHEN RECORD_CONTENT:event.store::VARCHAR NOT IN ('app_store', 'google_play', 'amazon', 'galaxy_store', 'huawei', 'steam', 'epic', 'web', 'other') THEN '/store enum'
        WHEN TYPEOF(RECORD_CONTENT:event.attribution_status) <> 'VARCHAR' THEN '/attribution_status type'
        WHEN RECORD_CONTENT:event.attribution_status::VARCHAR NOT IN ('organic', 'attributed', 'unknown') THEN '/attribution_status enum'
        WHEN TYPEOF(RECORD_CONTENT:event.attribution_source) <> 'VARCHAR' THEN '/attribution_source type'
        WHEN LENGTH(RECORD_CONTENT:event.attribution_source::VARCHAR) < 1 THEN '/attribution_source minLength'
        WHEN LENGTH(RECORD_CONTENT:event.attribution_source::VARCHAR) > 64 THEN '/attribution_source maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.attribution_source::VARCHAR, '^[^[:cntrl:]]*$') THEN '/attribution_source pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.campaign) <> 'VARCHAR' THEN '/campaign type'
        WHEN LENGTH(RECORD_CONTENT:event.campaign::VARCHAR) < 1 THEN '/campaign minLength'
        WHEN LENGTH(RECORD_CONTENT:event.campaign::VARCHAR) > 128 THEN '/campaign maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.campaign::VARCHAR, '^[^[:cntrl:]]*$') THEN '/campaign pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.ad_group) <> 'VARCHAR' THEN '/ad_group type'
        WHEN LENGTH(RECORD_CONTENT:event.ad_group::VARCHAR) < 1 THEN '/ad_group minLength'
        WHEN LENGTH(RECORD_CONTENT:event.ad_group::VARCHAR) > 128 THEN '/ad_group maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.ad_group::VARCHAR, '^[^[:cntrl:]]*$') THEN '/ad_group pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.creative) <> 'VARCHAR' THEN '/creative type'
        WHEN LENGTH(RECORD_CONTENT:event.creative::VARCHAR) < 1 THEN '/creative minLength'
        WHEN LENGTH(RECORD_CONTENT:event.creative::VARCHAR) > 128 THEN '/creative maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.creative::VARCHAR, '^[^[:cntrl:]]*$') THEN '/creative pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.clicked_at) <> 'VARCHAR' THEN '/clicked_at type'
        WHEN RECORD_CONTENT:event.clicked_at IS NOT NULL AND (NOT REGEXP_LIKE(RECORD_CONTENT:event.clicked_at::VARCHAR, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$') OR RECORD_CONTENT:event.clicked_at::VARCHAR LIKE '0000-%' OR DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:event.clicked_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ) IS NULL) THEN '/clicked_at format'
        WHEN TYPEOF(RECORD_CONTENT:event.install_referrer) <> 'VARCHAR' THEN '/install_referrer type'
        WHEN LENGTH(RECORD_CONTENT:event.install_referrer::VARCHAR) < 1 THEN '/install_referrer minLength'
        WHEN LENGTH(RECORD_CONTENT:event.install_referrer::VARCHAR) > 512 THEN '/install_referrer maxLength'
        WHEN NOT REGEXP_LIKE(RECORD_CONTENT:event.install_referrer::VARCHAR, '^[!-~]*$') THEN '/install_referrer pattern'
        WHEN TYPEOF(RECORD_CONTENT:event.tracking_consent) <> 'VARCHAR' THEN '/tracking_consent type'
        WHEN RECORD_CONTENT:event.tracking_consent::VARCHAR NOT IN ('authorized', 'denied', 'restricted', 'not_determined') THEN '/tracking_consent enum'
        WHEN ARRAY_SIZE(ARRAY_EXCEPT(OBJECT_KEYS(RECORD_CONTENT:event), ARRAY_CONSTRUCT('event', 'schema_version', 'event_id', 'occurred_at', 'install_id', 'player_id', 'session_id', 'app', 'device', 'install_kind', 'store', 'attribution_status', 'attribution_source', 'campaign', 'ad_group', 'creative', 'clicked_at', 'install_referrer', 'tracking_consent'))) > 0 THEN ' additionalProperties'
      END AS _BROKEN
    FROM LANDING.EVENTS_FOR_INSTALL_1
    WHERE RECORD_CONTENT:event.event::VARCHAR = 'install' AND RECORD_CONTENT:event.schema_version::VARCHAR IN ('1.0')
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
  INSTALL_KIND,
  STORE,
  ATTRIBUTION_STATUS,
  ATTRIBUTION_SOURCE,
  CAMPAIGN,
  AD_GROUP,
  CREATIVE,
  CLICKED_AT,
  INSTALL_REFERRER,
  TRACKING_CONSENT
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
  S.INSTALL_KIND,
  S.STORE,
  S.ATTRIBUTION_STATUS,
  S.ATTRIBUTION_SOURCE,
  S.CAMPAIGN,
  S.AD_GROUP,
  S.CREATIVE,
  S.CLICKED_AT,
  S.INSTALL_REFERRER,
  S.TRACKING_CONSENT
);

ALTER TASK CORE.LOAD_INSTALL_1 RESUME;
