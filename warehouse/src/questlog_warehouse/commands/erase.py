"""Delete a player, or an install that never logged in, from every table; it cannot be taken back.

The role needs SELECT and DELETE on LANDING and CORE: QUESTLOG_OPERATOR. Erase again when the tasks have run,
and after 14 days, when the last outbox of an SDK has sent: an erasure is done when it deletes nothing.
"""

import argparse
import json
import sys

from questlog_warehouse.commands import CommandError
from questlog_warehouse.commands.target import add_target, opened
from questlog_warehouse.erasure import ErasureError, erase_install, erase_player
from questlog_warehouse.warehouse import Warehouse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser.add_argument("--game", required=True, metavar="ID", help="the game's id")
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--player", metavar="ID", help="the player's id; - reads it from a line of input")
    who.add_argument("--install", metavar="UUID", help="an install nobody logged in on; - as above")
    parser.add_argument("--yes", action="store_true", help="do not ask first")
    parser.add_argument("--json", action="store_true", help="print table and rows deleted as JSON")
    add_target(parser)


def run(options: argparse.Namespace) -> int:
    """Erase and print how many rows went from each table; return 0."""
    who = _given(options.player or options.install)
    if not options.yes:
        _ask(options.game)
    with opened(options) as warehouse:
        erased = _erased(warehouse, options, who)
    print(json.dumps(erased) if options.json else _said(erased))
    return 0


def _erased(warehouse: Warehouse, options: argparse.Namespace, who: str) -> dict[str, int]:
    erase = erase_player if options.player else erase_install
    try:
        return erase(warehouse, options.game, who)
    except ErasureError as error:
        raise CommandError(str(error)) from error


def _given(who: str) -> str:
    """Input keeps an id out of the shell's history and the list of processes."""
    return sys.stdin.readline().strip() if who == "-" else who


def _ask(game: str) -> None:
    if not sys.stdin.isatty():
        raise CommandError("nothing was erased: add --yes where nobody can answer")
    if input(f"Delete this person from every table of game {game}, for good? [y/N] ").strip().lower() != "y":
        raise CommandError("nothing was erased")


def _said(erased: dict[str, int]) -> str:
    width = max(map(len, erased))
    lines = [f"{table:{width}}  {rows:>9,}" for table, rows in erased.items()]
    return "\n".join([*lines, f"{'rows deleted':{width}}  {sum(erased.values()):>9,}"])
