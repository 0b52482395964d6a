"""The Questlog ingest service: game events in over HTTP, validated, out to Kinesis Firehose."""

from questlog_api.app import create_app
from questlog_api.settings import Settings

__all__ = ["Settings", "create_app"]
