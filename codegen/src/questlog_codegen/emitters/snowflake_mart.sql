{header}CREATE OR REPLACE VIEW MART.{view} AS
{selects};

COMMENT ON VIEW MART.{view} IS {comment};
