{header}CREATE OR REPLACE VIEW MART.ACTIVITY COPY GRANTS AS
{events};

COMMENT ON VIEW MART.ACTIVITY IS 'All events of all kinds, as far as they have columns in common: for active users, retention and cohorts. Leave out by EVENT what a server sends without its player, such as refunds. RECEIVED_AT is what the tables are clustered by: bound it as well in queries of a few days.';
