-- Generated from schemas/. Do not edit; run `nox -s codegen`.
CREATE OR REPLACE VIEW MART.ACTIVITY COPY GRANTS AS
SELECT
  'install' AS EVENT,
  GAME_ID,
  EVENT_ID,
  INSTALL_ID,
  PLAYER_ID,
  EVENT_AT,
  RECEIVED_AT
FROM MART.INSTALL
UNION ALL
SELECT
  'purchase' AS EVENT,
  GAME_ID,
  EVENT_ID,
  INSTALL_ID,
  PLAYER_ID,
  EVENT_AT,
  RECEIVED_AT
FROM MART.PURCHASE
UNION ALL
SELECT
  'refund' AS EVENT,
  GAME_ID,
  EVENT_ID,
  INSTALL_ID,
  PLAYER_ID,
  EVENT_AT,
  RECEIVED_AT
FROM MART.REFUND;

COMMENT ON VIEW MART.ACTIVITY IS 'All events of all kinds, as far as they have columns in common: for active users, retention and cohorts. Leave out by EVENT what a server sends without its player, such as refunds. RECEIVED_AT is what the tables are clustered by: bound it as well in queries of a few days.';
