-- Generated from schemas/. Do not edit; run `nox -s codegen`.
-- Rows of typed tables that were deleted or changed by mistake can be read and brought back for 7 days; so erased
-- players are there for as long, and in Fail-safe for 7 days more. More than 1 day needs Enterprise Edition.
-- https://docs.snowflake.com/en/user-guide/data-time-travel
ALTER TABLE CORE.INSTALL_1 SET DATA_RETENTION_TIME_IN_DAYS = 7;
ALTER TABLE CORE.PURCHASE_1 SET DATA_RETENTION_TIME_IN_DAYS = 7;
ALTER TABLE CORE.REFUND_1 SET DATA_RETENTION_TIME_IN_DAYS = 7;
