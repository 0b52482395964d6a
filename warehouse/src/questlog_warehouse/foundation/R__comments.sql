-- What the hand-written tables and their columns mean. Views are explained where they are made.
COMMENT ON TABLE LANDING.EVENTS IS 'Accepted events, one row a line as Firehose delivered it. Append only. Holds personal data unmasked.';
COMMENT ON COLUMN LANDING.EVENTS.RECORD_CONTENT IS 'The line: received_at, sent_at, game_id, request_id, event.';
COMMENT ON COLUMN LANDING.EVENTS.RECORD_METADATA IS 'Where it came from: object and line number.';
COMMENT ON TABLE LANDING.REJECTS IS 'Events the API refused, one row a line as Firehose delivered it. Append only. Holds personal data unmasked.';
COMMENT ON COLUMN LANDING.REJECTS.RECORD_CONTENT IS 'The line: received_at, sent_at, game_id, request_id, reason, errors, payload, payload_bytes.';
COMMENT ON COLUMN LANDING.REJECTS.RECORD_METADATA IS 'Where it came from: object and line number.';

COMMENT ON TABLE CORE.REJECTED IS 'Every event that is in no typed table, and why. Append only. Holds personal data unmasked.';
COMMENT ON COLUMN CORE.REJECTED.RECEIVED_AT IS 'When the API received it, UTC. NULL when the line does not tell.';
COMMENT ON COLUMN CORE.REJECTED.GAME_ID IS 'Game the write key belongs to. NULL when the line does not tell.';
COMMENT ON COLUMN CORE.REJECTED.REQUEST_ID IS 'Request that brought it, as in the log of the API.';
COMMENT ON COLUMN CORE.REJECTED.STAGE IS 'Who refused it: api, load (the line is not a JSON object) or warehouse (it landed and cannot be typed).';
COMMENT ON COLUMN CORE.REJECTED.REASON IS 'One of: invalid_event, unknown_event, unknown_version, too_large, malformed_batch, malformed_line.';
COMMENT ON COLUMN CORE.REJECTED.POINTER IS 'JSON Pointer of the first value that is wrong; empty for the event itself. For malformed_line it points into the line.';
COMMENT ON COLUMN CORE.REJECTED.KEYWORD IS 'The rule that value breaks, as the contract calls it: required, type, enum, maximum...';
COMMENT ON COLUMN CORE.REJECTED.EVENT IS 'Name the event gives itself.';
COMMENT ON COLUMN CORE.REJECTED.SCHEMA_VERSION IS 'Version of the contract the event names.';
COMMENT ON COLUMN CORE.REJECTED.EVENT_ID IS 'Identity the event gives itself.';
COMMENT ON COLUMN CORE.REJECTED.RECORD_CONTENT IS 'The whole line as it landed; enough to repair and replay it.';
COMMENT ON COLUMN CORE.REJECTED.RECORD_METADATA IS 'Where it came from: object and line number.';

COMMENT ON TABLE REF.CURRENCY IS 'Currencies a player may have paid with since 1999 (ISO 4217), also those that are gone. A snapshot: R__currency.sql says of when.';
COMMENT ON COLUMN REF.CURRENCY.CURRENCY IS 'ISO 4217 alphabetic code.';
COMMENT ON COLUMN REF.CURRENCY.NAME IS 'Its name in English.';
COMMENT ON COLUMN REF.CURRENCY.DECIMALS IS 'Decimals to show. Stored amounts are micros in every currency.';
COMMENT ON COLUMN REF.CURRENCY.VALID_FROM IS 'First day it was legal tender somewhere.';
COMMENT ON COLUMN REF.CURRENCY.VALID_TO IS 'Last day it was legal tender anywhere. NULL while it circulates.';
COMMENT ON TABLE REF.REPORTING_CURRENCY IS 'Currencies the marts report in. python -m questlog_warehouse fx adds one together with its rates.';
COMMENT ON COLUMN REF.REPORTING_CURRENCY.CURRENCY IS 'ISO 4217 alphabetic code.';
COMMENT ON TABLE REF.FX_RATE IS 'Exchange rates by day, source and when they were known. Append only: a correction is a new row.';
COMMENT ON COLUMN REF.FX_RATE.RATE_DATE IS 'Day the rate was published for.';
COMMENT ON COLUMN REF.FX_RATE.FROM_CURRENCY IS 'Currency that is converted, ISO 4217.';
COMMENT ON COLUMN REF.FX_RATE.TO_CURRENCY IS 'Currency it is converted to, ISO 4217.';
COMMENT ON COLUMN REF.FX_RATE.RATE IS 'TO_CURRENCY for 1 FROM_CURRENCY, both in major units; the same factor holds for micros.';
COMMENT ON COLUMN REF.FX_RATE.SOURCE IS 'Who published it. ECB, the European Central Bank, is believed before all others.';
COMMENT ON COLUMN REF.FX_RATE.DERIVATION IS 'published, inverse (1 / published), cross (over the currency its source quotes all others in) or fixed (a currency the euro replaced, at its irrevocable rate).';
COMMENT ON COLUMN REF.FX_RATE.KNOWN_AT IS 'When it was loaded, UTC. Take rows up to a moment to see a report as it was then.';
