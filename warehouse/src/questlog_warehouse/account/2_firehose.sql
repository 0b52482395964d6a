-- Run once, by hand, as ACCOUNTADMIN, after the first deployment, if Firehose writes to Snowflake itself
-- (api/deploy/cloudformation-snowflake.yaml); for Firehose to S3 run 2_snowpipe.sql instead.
-- YOUR_PUBLIC_KEY is the text between the BEGIN and END lines of a public key of yours, without line breaks; its private
-- key goes into the secret that Firehose reads (https://docs.snowflake.com/en/user-guide/key-pair-auth).
USE ROLE ACCOUNTADMIN;

CREATE USER IF NOT EXISTS QUESTLOG_FIREHOSE
  TYPE = SERVICE RSA_PUBLIC_KEY = 'YOUR_PUBLIC_KEY' DEFAULT_ROLE = QUESTLOG_LOADER
  COMMENT = 'Amazon Data Firehose. A service: no password, no sign-in of a person.';
GRANT ROLE QUESTLOG_LOADER TO USER QUESTLOG_FIREHOSE;
