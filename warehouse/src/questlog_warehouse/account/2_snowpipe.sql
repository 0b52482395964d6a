-- Run once, by hand, as ACCOUNTADMIN, after the first deployment, if Firehose writes to S3
-- (api/deploy/cloudformation.yaml); for Firehose to Snowflake run 2_firehose.sql instead.
-- YOUR_BUCKET and YOUR_ROLE_ARN are the outputs BucketName and SnowflakeRoleArn of that stack.
USE ROLE ACCOUNTADMIN;

CREATE STORAGE INTEGRATION IF NOT EXISTS QUESTLOG_S3
  TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE
  STORAGE_AWS_ROLE_ARN = 'YOUR_ROLE_ARN'
  STORAGE_ALLOWED_LOCATIONS = ('s3://YOUR_BUCKET/');
-- Now DESC STORAGE INTEGRATION QUESTLOG_S3 shows STORAGE_AWS_IAM_USER_ARN and STORAGE_AWS_EXTERNAL_ID: the stack's
-- parameters SnowflakeUserArn and SnowflakeExternalId. Deploy it with them, then go on.

-- A pipe copies with the rights of its owner: the loader's, which end at LANDING
-- (https://docs.snowflake.com/en/user-guide/data-load-snowpipe-intro).
GRANT USAGE ON INTEGRATION QUESTLOG_S3 TO ROLE QUESTLOG_LOADER;
GRANT CREATE STAGE, CREATE PIPE ON SCHEMA QUESTLOG.LANDING TO ROLE QUESTLOG_LOADER;

USE ROLE QUESTLOG_LOADER;

CREATE STAGE IF NOT EXISTS QUESTLOG.LANDING.FIREHOSE
  URL = 's3://YOUR_BUCKET/' STORAGE_INTEGRATION = QUESTLOG_S3;

-- Object and line number say where a row is from; deployed SQL counts on both. ON_ERROR = CONTINUE leaves out a line that
-- is no JSON, which the API never writes; VALIDATE_PIPE_LOAD lists those.
CREATE PIPE IF NOT EXISTS QUESTLOG.LANDING.EVENTS_PIPE AUTO_INGEST = TRUE AS
COPY INTO QUESTLOG.LANDING.EVENTS (RECORD_CONTENT, RECORD_METADATA)
FROM (
  SELECT $1, OBJECT_CONSTRUCT('object', METADATA$FILENAME, 'line', METADATA$FILE_ROW_NUMBER)
  FROM @QUESTLOG.LANDING.FIREHOSE/events/
)
FILE_FORMAT = (TYPE = JSON) ON_ERROR = CONTINUE;

CREATE PIPE IF NOT EXISTS QUESTLOG.LANDING.REJECTS_PIPE AUTO_INGEST = TRUE AS
COPY INTO QUESTLOG.LANDING.REJECTS (RECORD_CONTENT, RECORD_METADATA)
FROM (
  SELECT $1, OBJECT_CONSTRUCT('object', METADATA$FILENAME, 'line', METADATA$FILE_ROW_NUMBER)
  FROM @QUESTLOG.LANDING.FIREHOSE/rejects/
)
FILE_FORMAT = (TYPE = JSON) ON_ERROR = CONTINUE;

-- DESC PIPE QUESTLOG.LANDING.EVENTS_PIPE shows notification_channel, one queue for both pipes: the stack's parameter
-- SnowpipeChannelArn. What arrived before that, in the last 7 days: ALTER PIPE ... REFRESH, for each of the two.
