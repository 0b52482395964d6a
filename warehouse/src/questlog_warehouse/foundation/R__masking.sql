-- What tagged columns show to whom. The tag of a column comes from x-pii of its contract, in the R__load_ files; the
-- policy comes with the tag, so a column that is tagged tomorrow is masked without a change here. Needs Enterprise
-- Edition. https://docs.snowflake.com/en/user-guide/tag-based-masking-policies
--
-- One policy a type that a typed table can have, as a policy protects columns of its own type only.
-- This file can run again at any time: a policy that is in use can neither be dropped nor replaced, but its body can be
-- set. The body it is created with hides everything, so that nothing is shown between the two statements.
--
-- Masked texts: '***' for personal ones; for pseudonymous ones a hash, so that joins and distinct counts are those of
-- the values. 32 hex digits are 128 bits of it, enough to tell all ids of a studio apart, and they fit the column of
-- the shortest id, VARCHAR(36): since 2024_04 masked numbers must fit their columns (BCR-1355), should texts follow.
-- A hash is a pseudonym, not anonymity: who can guess an id can compute its hash.

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_VARCHAR AS (VAL VARCHAR) RETURNS VARCHAR -> CAST(NULL AS VARCHAR);
ALTER MASKING POLICY CORE.MASK_VARCHAR SET BODY ->
  CASE
    WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL
    WHEN SYSTEM$GET_TAG_ON_CURRENT_COLUMN('CORE.PII') = 'pseudonymous' THEN SUBSTR(SHA2(VAL, 256), 1, 32)
    WHEN VAL IS NOT NULL THEN '***'
  END;

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_NUMBER AS (VAL NUMBER) RETURNS NUMBER -> CAST(NULL AS NUMBER);
ALTER MASKING POLICY CORE.MASK_NUMBER SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL END;

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_FLOAT AS (VAL FLOAT) RETURNS FLOAT -> CAST(NULL AS FLOAT);
ALTER MASKING POLICY CORE.MASK_FLOAT SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL END;

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_BOOLEAN AS (VAL BOOLEAN) RETURNS BOOLEAN -> CAST(NULL AS BOOLEAN);
ALTER MASKING POLICY CORE.MASK_BOOLEAN SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL END;

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_DATE AS (VAL DATE) RETURNS DATE -> CAST(NULL AS DATE);
ALTER MASKING POLICY CORE.MASK_DATE SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL END;

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_TIMESTAMP_NTZ AS (VAL TIMESTAMP_NTZ) RETURNS TIMESTAMP_NTZ -> CAST(NULL AS TIMESTAMP_NTZ);
ALTER MASKING POLICY CORE.MASK_TIMESTAMP_NTZ SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL END;

CREATE MASKING POLICY IF NOT EXISTS CORE.MASK_ARRAY AS (VAL ARRAY) RETURNS ARRAY -> CAST(NULL AS ARRAY);
ALTER MASKING POLICY CORE.MASK_ARRAY SET BODY -> CASE WHEN IS_ROLE_IN_SESSION('QUESTLOG_PII_READER') THEN VAL END;

-- FORCE: a tag that has a policy of a type takes another only so, also when it is the same one
-- (https://docs.snowflake.com/en/sql-reference/sql/alter-tag).
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_VARCHAR FORCE;
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_NUMBER FORCE;
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_FLOAT FORCE;
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_BOOLEAN FORCE;
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_DATE FORCE;
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_TIMESTAMP_NTZ FORCE;
ALTER TAG CORE.PII SET MASKING POLICY CORE.MASK_ARRAY FORCE;
