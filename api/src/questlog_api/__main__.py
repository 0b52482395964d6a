"""The command line: `python -m questlog_api serve` and `python -m questlog_api key`."""

import argparse
import logging
import sys
from collections.abc import Sequence

import uvicorn
from pydantic import ValidationError

from questlog_api.app import create_app
from questlog_api.keys import key_hash, new_key
from questlog_api.request_id import RequestIdFilter
from questlog_api.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    options = _parser().parse_args(arguments)
    return _key() if options.command == "key" else _serve(options.host, options.port)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m questlog_api", description="The Questlog ingest service."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser(
        "serve",
        help="run the service",
        description="Run the service. Settings come from QUESTLOG_* in the environment.",
        epilog=_settings_help(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen at (default: %(default)s)")
    serve.add_argument("--port", type=int, default=8000, help="port to listen at (default: %(default)s)")
    commands.add_parser("key", help="make a write key", description="Print a new write key and its hash.")
    return parser


def _settings_help() -> str:
    return "\n".join(
        f"  QUESTLOG_{name.upper()}: {field.description}"
        + ("" if field.is_required() else f" Default: {field.default}.")
        for name, field in Settings.model_fields.items()
    )


def _key() -> int:
    key = new_key()
    print(f"write key, for the game:   {key}")
    print(f"its hash, for the service: {key_hash(key.encode())}")
    return 0


def _serve(host: str, port: int) -> int:
    try:
        settings = Settings()  # type: ignore[call-arg]  # its fields come from the environment
        _log_to_stderr(settings.log_level)
        app = create_app(settings)
    except ValueError as error:
        print(_explained(error), file=sys.stderr)
        return 2
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    return 0


def _explained(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    lines = [_setting_error(*defect["loc"], message=defect["msg"]) for defect in error.errors()]
    return "\n".join(["these settings are wrong; `serve --help` describes them:", *lines])


def _setting_error(name: int | str, *place: int | str, message: str) -> str:
    return " ".join([f"QUESTLOG_{name}".upper(), *map(str, place)]) + f": {message}"


def _log_to_stderr(level: str) -> None:
    handler = logging.StreamHandler()
    handler.addFilter(RequestIdFilter())
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"))
    # The root stays at WARNING: at DEBUG, boto3 logs the payload of each call.
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    for name in ("questlog_api", "uvicorn"):
        logging.getLogger(name).setLevel(level)


if __name__ == "__main__":
    sys.exit(main())
