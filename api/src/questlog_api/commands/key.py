"""Make a write key."""

import argparse

from questlog_api.gate.keys import key_hash, new_key


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.description = (
        "Print a new write key and its hash. The service needs the hash only; the key is not kept."
    )


def run(_: argparse.Namespace) -> int:
    """Print the key and its hash."""
    key = new_key()
    print(f"write key, for the game:   {key}")
    print(f"its hash, for the service: {key_hash(key.encode())}")
    return 0
