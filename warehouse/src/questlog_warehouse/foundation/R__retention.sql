-- How long rows stay: landed lines 30 days, what was rejected 90 days, typed events for ever. Once a day, at night (UTC).
-- Deleted rows are in Time Travel for 1 day (LANDING, CORE.REJECTED) and in Fail-safe for 7 days more.
--
-- 30 days of lines are what CORE.EVENT_ID_CONFLICT compares and what can be typed anew after a mistake here; older ones
-- are in Firehose's bucket. A task that lags loses nothing: an append-only stream also gives rows that were deleted
-- since (https://docs.snowflake.com/en/user-guide/streams-intro).

-- A rejected line that tells no time gets the moment it is first seen here, or it would stay for ever.
CREATE OR REPLACE TASK CORE.DATE_REJECTED USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SCHEDULE = 'USING CRON 0 3 * * * UTC'
AS UPDATE CORE.REJECTED SET RECEIVED_AT = DATE_TRUNC('MILLISECOND', SYSDATE()) WHERE RECEIVED_AT IS NULL;

CREATE OR REPLACE TASK CORE.EXPIRE_REJECTED USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SCHEDULE = 'USING CRON 30 3 * * * UTC'
AS DELETE FROM CORE.REJECTED WHERE RECEIVED_AT < DATEADD('day', -90, SYSDATE());

-- A line that tells no time goes when the same line in CORE.REJECTED is old enough: so it was seen by the task that
-- rejects, and not longer here than others.
CREATE OR REPLACE TASK CORE.EXPIRE_EVENTS USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SCHEDULE = 'USING CRON 0 4 * * * UTC'
AS DELETE FROM LANDING.EVENTS
WHERE CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ < DATEADD('day', -30, SYSDATE())
  OR (
    TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ) IS NULL
    AND COALESCE(TO_JSON(RECORD_CONTENT), '') IN (
      SELECT COALESCE(TO_JSON(RECORD_CONTENT), '') FROM CORE.REJECTED
      WHERE STAGE = 'warehouse' AND RECEIVED_AT < DATEADD('day', -30, SYSDATE())
    )
  );

CREATE OR REPLACE TASK CORE.EXPIRE_API_REJECTS USER_TASK_MANAGED_INITIAL_WAREHOUSE_SIZE = 'XSMALL' SCHEDULE = 'USING CRON 0 4 * * * UTC'
AS DELETE FROM LANDING.REJECTS
WHERE CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ < DATEADD('day', -30, SYSDATE())
  OR (
    TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ) IS NULL
    AND COALESCE(TO_JSON(RECORD_CONTENT), '') IN (
      SELECT COALESCE(TO_JSON(RECORD_CONTENT), '') FROM CORE.REJECTED
      WHERE STAGE = 'api' AND RECEIVED_AT < DATEADD('day', -30, SYSDATE())
    )
  );

ALTER TASK CORE.DATE_REJECTED RESUME;
ALTER TASK CORE.EXPIRE_REJECTED RESUME;
ALTER TASK CORE.EXPIRE_EVENTS RESUME;
ALTER TASK CORE.EXPIRE_API_REJECTS RESUME;
