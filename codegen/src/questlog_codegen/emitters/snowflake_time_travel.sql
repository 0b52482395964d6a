{header}-- Rows of typed tables that were deleted or changed by mistake can be read and brought back for {days} days; so erased
-- players are there for as long, and in Fail-safe for 7 days more. More than 1 day needs Enterprise Edition.
-- https://docs.snowflake.com/en/user-guide/data-time-travel
{tables}
