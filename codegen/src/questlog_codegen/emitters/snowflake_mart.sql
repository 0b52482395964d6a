{header}-- The time of an event is the client's. When its clock is wrong, as the request's SENT_AT beside RECEIVED_AT shows,
-- only differences of its times are right: the event happened as long before RECEIVED_AT as before SENT_AT.
CREATE OR REPLACE VIEW MART.{view} COPY GRANTS AS
SELECT
  *,
  CAST(DATEDIFF('millisecond', EVENT_AT, RECEIVED_AT) * 0.001 AS NUMBER(15,3)) AS LATE_SECONDS
FROM (
  SELECT
    *,
    CASE
      WHEN ABS(DATEDIFF('millisecond', RECEIVED_AT, SENT_AT)) > {tolerated_milliseconds} THEN DATEADD(
        'millisecond',
        -LEAST(GREATEST(DATEDIFF('millisecond', OCCURRED_AT, SENT_AT), 0), {latest_milliseconds}),
        RECEIVED_AT
      )
      ELSE LEAST(OCCURRED_AT, RECEIVED_AT)
    END AS EVENT_AT,
    CAST(DATEDIFF('millisecond', RECEIVED_AT, SENT_AT) * 0.001 AS NUMBER(15,3)) AS CLOCK_SKEW_SECONDS
  FROM (
    {selects}
  )
);

COMMENT ON VIEW MART.{view} IS {comment};
