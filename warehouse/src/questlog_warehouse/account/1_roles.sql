-- Run once, by hand, as ACCOUNTADMIN, before the first deployment. Running it again changes nothing.
-- The account needs Enterprise Edition: masking policies and Time Travel beyond one day are part of it
-- (https://docs.snowflake.com/en/user-guide/intro-editions).
-- The database may have another name: write it here and in the other files of this folder, nowhere else.
-- Then give roles to people: GRANT ROLE QUESTLOG_ANALYST TO USER YOUR_USER.
USE ROLE ACCOUNTADMIN;

CREATE DATABASE IF NOT EXISTS QUESTLOG COMMENT = 'Events of games, from Questlog.';

CREATE ROLE IF NOT EXISTS QUESTLOG_DEPLOYER COMMENT = 'Owns all of the database, deploys it, and runs its tasks.';
CREATE ROLE IF NOT EXISTS QUESTLOG_LOADER COMMENT = 'Firehose or Snowpipe: adds rows to LANDING and reads nothing else.';
CREATE ROLE IF NOT EXISTS QUESTLOG_ANALYST COMMENT = 'Reads the views of MART and all of REF; personal values are masked.';
CREATE ROLE IF NOT EXISTS QUESTLOG_PII_READER COMMENT = 'An analyst who sees personal values.';
CREATE ROLE IF NOT EXISTS QUESTLOG_OPERATOR COMMENT = 'Reads all tables, replays what was rejected, erases players, loads rates.';

-- Roles inherit from left to right: ANALYST < PII_READER < OPERATOR.
GRANT ROLE QUESTLOG_ANALYST TO ROLE QUESTLOG_PII_READER;
GRANT ROLE QUESTLOG_PII_READER TO ROLE QUESTLOG_OPERATOR;
-- Policies mask what tasks read, too: a task that writes what it read must not write masks. An owner of the policies
-- could change them anyway.
GRANT ROLE QUESTLOG_PII_READER TO ROLE QUESTLOG_DEPLOYER;
-- Custom roles belong below SYSADMIN, or nobody can administrate their objects
-- (https://docs.snowflake.com/en/user-guide/security-access-control-considerations).
GRANT ROLE QUESTLOG_OPERATOR TO ROLE SYSADMIN;
GRANT ROLE QUESTLOG_DEPLOYER TO ROLE SYSADMIN;
GRANT ROLE QUESTLOG_LOADER TO ROLE SYSADMIN;

-- For queries and deployments. Tasks need none: they are serverless. A warehouse is billed by the second, from 60 s on,
-- while it runs; a minute without a query suspends it.
CREATE WAREHOUSE IF NOT EXISTS QUESTLOG_QUERIES
  WAREHOUSE_SIZE = XSMALL AUTO_SUSPEND = 60 AUTO_RESUME = TRUE INITIALLY_SUSPENDED = TRUE
  COMMENT = 'Queries and deployments of Questlog.';
GRANT USAGE ON WAREHOUSE QUESTLOG_QUERIES TO ROLE QUESTLOG_ANALYST;
GRANT USAGE ON WAREHOUSE QUESTLOG_QUERIES TO ROLE QUESTLOG_DEPLOYER;

-- What is in the database, and who may use that, is for the deployed files to say: here ends what only an account can.
GRANT USAGE, CREATE SCHEMA ON DATABASE QUESTLOG TO ROLE QUESTLOG_DEPLOYER;
GRANT USAGE ON DATABASE QUESTLOG TO ROLE QUESTLOG_ANALYST;
GRANT USAGE ON DATABASE QUESTLOG TO ROLE QUESTLOG_LOADER;
-- Serverless tasks: https://docs.snowflake.com/en/user-guide/tasks-intro
GRANT EXECUTE TASK, EXECUTE MANAGED TASK ON ACCOUNT TO ROLE QUESTLOG_DEPLOYER;
-- Policies on a tag: https://docs.snowflake.com/en/user-guide/tag-based-masking-policies
GRANT APPLY MASKING POLICY ON ACCOUNT TO ROLE QUESTLOG_DEPLOYER;
