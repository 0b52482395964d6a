"""Run the service."""

import argparse
import logging
import sys
from importlib.metadata import version

from pydantic import ValidationError

from questlog_api.app import create_app
from questlog_api.server.server import run as run_server
from questlog_api.setting_errors import told
from questlog_api.settings import Settings, unknown_settings
from questlog_api.telemetry.logs import flush, log_to_stderr

_WRONG_SETTINGS = 2
# Beside connections: the sink's, files, the listening socket.
_FURTHER_FILES = 256
_MOST_PORT = 65_535

_log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Run the service. Settings come from QUESTLOG_* in the environment; "
        "`python -m questlog_api settings` lists them."
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    parser.add_argument(
        "--port", type=_port, default=8000, help="port to listen at, 0 for any (default: %(default)s)"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT: 0 after a stop in good order, 1 for a failure, 2 for wrong settings."""
    try:
        settings = Settings()
        log_to_stderr(settings.log_level, settings.log_format)
        for line in unknown_settings():
            _log.warning("%s", line)
        app = create_app(settings)
    except ValidationError as error:
        return _refuse(*_wrong(error))
    except ValueError as error:
        return _refuse(*told(error))
    _log.info("questlog-api %s: %s", version("questlog-api"), _chosen(settings))
    _allow_files(settings.max_connections + _FURTHER_FILES)
    return run_server(app, settings, options.host, options.port)


def _chosen(settings: Settings) -> str:
    """Return what an operator looks for first when something is not as expected."""
    if settings.sink == "memory":
        return "in memory"
    streams = f"{settings.events_stream} and {settings.rejects_stream}"
    region = settings.aws_region or "boto3's region"
    spool = settings.spool_path or "no spool"
    return f"{streams} in {region}, {settings.packing}, {spool}"


def _refuse(*lines: str) -> int:
    # After what was logged: the last line is the one that counts.
    flush()
    print(*lines, sep="\n", file=sys.stderr)
    return _WRONG_SETTINGS


def _wrong(error: ValidationError) -> list[str]:
    return ["these settings are wrong; `python -m questlog_api settings` describes them:", *told(error)]


def _port(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else -1
    if not 0 <= number <= _MOST_PORT:
        raise argparse.ArgumentTypeError(f"must be a port, 0 to {_MOST_PORT}")
    return number


def _allow_files(wanted: int) -> None:
    """Raise the limit of open files, which each connection is one of; many systems begin with 1024."""
    try:
        import resource  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, allowed), hard))
    if allowed < wanted:
        _log.warning(
            "at most %d files may be open: raise it to %d, or lower MAX_CONNECTIONS", allowed, wanted
        )
