"""Questlog events in Snowflake: the SQL to deploy, exchange rates, and a stand-in to run it all on."""
