-- Generated from schemas/install/schema.json. Do not edit; run `nox -s codegen`.
-- The time of an event is the client's. When its clock is wrong, as the request's SENT_AT beside RECEIVED_AT shows,
-- only differences of its times are right: the event happened as long before RECEIVED_AT as before SENT_AT.
CREATE OR REPLACE VIEW MART.INSTALL COPY GRANTS AS
SELECT
  *,
  CAST(DATEDIFF('millisecond', EVENT_AT, RECEIVED_AT) * 0.001 AS NUMBER(15,3)) AS LATE_SECONDS
FROM (
  SELECT
    *,
    CASE
      WHEN ABS(DATEDIFF('millisecond', RECEIVED_AT, SENT_AT)) > 60000 THEN DATEADD(
        'millisecond',
        -LEAST(GREATEST(DATEDIFF('millisecond', OCCURRED_AT, SENT_AT), 0), 315360000000),
        RECEIVED_AT
      )
      ELSE LEAST(OCCURRED_AT, RECEIVED_AT)
    END AS EVENT_AT,
    CAST(DATEDIFF('millisecond', RECEIVED_AT, SENT_AT) * 0.001 AS NUMBER(15,3)) AS CLOCK_SKEW_SECONDS
  FROM (
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
    FROM CORE.INSTALL_1
  )
);

COMMENT ON VIEW MART.INSTALL IS 'The first time a game runs after it was installed, with what is known of how the player came. All versions together: 1.0. EVENT_AT is when it happened, UTC: OCCURRED_AT, corrected where the clock of the client was off by more than 60 s, and never after RECEIVED_AT. CLOCK_SKEW_SECONDS is how far that clock was ahead of the API, NULL where the request did not say when it was sent. LATE_SECONDS is from EVENT_AT to RECEIVED_AT.';
