{header}-- Finds and deletes the rows of one player of one game. No migration: questlog_warehouse.erasure runs it, statement by
-- statement. The binds of each are the game, the player (NULL when there never was a login), and a JSON array of the
-- player's installs with a null in it, so that there is an element.

-- The installs the player was seen on: what came before the login names only those.
SELECT DISTINCT INSTALL_ID
FROM {who}
JOIN (
  {seen}
) AS SEEN
  ON PLAYER_ID = ERASED_PLAYER AND COALESCE(GAME_ID, ERASED_GAME) = ERASED_GAME
WHERE REGEXP_LIKE(INSTALL_ID, {uuid});

{deletes}
