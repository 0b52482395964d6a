"""The API as its own process on a free loopback port, as an operator starts it."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from questlog_api.gate.keys import key_hash, new_key
from tests.pipeline.aws import ENVIRONMENT, REGION, LocalAws

GAME = "dragon-fields"
_RUNNING = re.compile(r"Uvicorn running on (http://[0-9.:]+)")
_STOP_SECONDS = 40  # more than the API gives its own requests


@dataclass(frozen=True)
class Service:
    """A running API: its address and the write key of the game."""

    url: str
    write_key: str
    process: subprocess.Popen[str]


@contextmanager
def running_service(settings: Mapping[str, str]) -> Iterator[Service]:
    """Start `python -m questlog_api serve` with `settings`, wait until it listens, and stop it."""
    write_key = new_key()
    keys = json.dumps({GAME: [key_hash(write_key.encode())]})
    own = {name: value for name, value in os.environ.items() if not name.startswith(("QUESTLOG_", "AWS_"))}
    always = {"QUESTLOG_WRITE_KEYS": keys, "QUESTLOG_ALLOW_DRAFTS": "true"}
    environment = {**own, **ENVIRONMENT, **always, **settings}
    command = [sys.executable, "-m", "questlog_api", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield Service(_address(process), write_key, process)
        finally:
            process.terminate()
            process.wait(_STOP_SECONDS)


def firehose_settings(aws: LocalAws) -> dict[str, str]:
    """Return the settings that let the API deliver to the stand-in."""
    return {"QUESTLOG_AWS_REGION": REGION, "QUESTLOG_FIREHOSE_ENDPOINT_URL": aws.endpoint}


def _address(process: subprocess.Popen[str]) -> str:
    """Read the log until the server says where it listens; then keep the pipe from filling up."""
    log = process.stderr
    seen: list[str] = []
    for line in log or ():
        seen.append(line)
        if found := _RUNNING.search(line):
            threading.Thread(target=_drain, args=[log], daemon=True).start()
            return found.group(1)
    raise RuntimeError("the API did not start:\n" + "".join(seen))


def _drain(log: Iterator[str]) -> None:
    for line in log:
        if '"level": "ERROR"' in line or '"level":"ERROR"' in line:
            sys.stderr.write(line)
