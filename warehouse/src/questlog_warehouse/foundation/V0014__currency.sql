-- What a currency is called and when it was money; and a class for a column that once held personal data.
ALTER TABLE REF.CURRENCY ADD COLUMN IF NOT EXISTS NAME VARCHAR(64);
ALTER TABLE REF.CURRENCY ADD COLUMN IF NOT EXISTS VALID_FROM DATE;
ALTER TABLE REF.CURRENCY ADD COLUMN IF NOT EXISTS VALID_TO DATE;

-- https://docs.snowflake.com/en/sql-reference/sql/alter-tag
ALTER TAG CORE.PII ADD ALLOWED_VALUES 'none';
