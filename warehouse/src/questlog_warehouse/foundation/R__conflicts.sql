-- Copies of an event are dropped by its id. A client that gives one id to two events would lose the second unseen.
-- What is landed is what can be compared: the last 30 days. Needs to be empty.
CREATE OR REPLACE VIEW CORE.EVENT_ID_CONFLICT COPY GRANTS AS
SELECT
  RECORD_CONTENT:game_id::VARCHAR AS GAME_ID,
  RECORD_CONTENT:event.event_id::VARCHAR AS EVENT_ID,
  COUNT(*) AS COPIES,
  COUNT(DISTINCT SHA2(TO_JSON(RECORD_CONTENT:event), 256)) AS PAYLOADS,
  MIN(DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ)) AS FIRST_RECEIVED_AT,
  MAX(DATE_TRUNC('MILLISECOND', CONVERT_TIMEZONE('UTC', TRY_CAST(RECORD_CONTENT:received_at::VARCHAR AS TIMESTAMP_TZ))::TIMESTAMP_NTZ)) AS LAST_RECEIVED_AT
FROM LANDING.EVENTS
WHERE RECORD_CONTENT:event.event_id::VARCHAR IS NOT NULL
GROUP BY RECORD_CONTENT:game_id::VARCHAR, RECORD_CONTENT:event.event_id::VARCHAR
HAVING COUNT(DISTINCT SHA2(TO_JSON(RECORD_CONTENT:event), 256)) > 1;

COMMENT ON VIEW CORE.EVENT_ID_CONFLICT IS 'Ids of events that landed with more than one payload: only the first was typed. A mistake of the client that sent them.';
