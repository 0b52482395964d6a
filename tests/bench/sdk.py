"""What the SDK costs a game, beside segment, rudder, posthog, snowplow, amplitude and mixpanel, in one run.

All send the same purchase to the same local server, in batches of up to 500, zipped where they can. The
client has one processor, the server another. Peers are installed once, into `.nox/sdk-peers`.
"""

import argparse
from collections.abc import Sequence

from tests.bench import sdk_rows
from tests.bench.ingest import _tell_of_other_work
from tests.bench.ingest_servers import SERVER_CPU
from tests.bench.sdk_client import burst, exit_seconds, import_cost
from tests.bench.sdk_install import PEERS, PLAYERS, QUESTLOG, Sdk, install
from tests.bench.sdk_rows import EXIT_CAP_SECONDS, Measured, Round
from tests.bench.sdk_server import Server, serving

_IMPORTS = 5  # of each round


def run(arguments: Sequence[str] = ()) -> None:
    """Install the peers, measure, and print the table."""
    options = _parser().parse_args(arguments)
    install([QUESTLOG, PLAYERS])
    sdks = [QUESTLOG, *_installed(options.only)]
    _tell_of_other_work()
    rounds = measure(sdks, options.rounds, options.events, options.warm_up)
    plural = "" if options.rounds == 1 else "s"
    print(f"{options.rounds} round{plural} of {options.events:,} events, each in a fresh process\n")
    for line in sdk_rows.table(rounds):
        print(line, flush=True)
    print(_of_players(options.events))


def measure(sdks: Sequence[Sdk], rounds: int, events: int, warm_up: int = 0) -> list[Round]:
    """Measure the SDKs one after the other, again in each round; how they end, once."""
    with serving(hang=True, cpu=SERVER_CPU) as server:
        exits = {sdk.name: exit_seconds(sdk, server, EXIT_CAP_SECONDS) for sdk in sdks}
    with serving(cpu=SERVER_CPU) as server:
        return [_round(sdks, server, events, warm_up, exits) for _ in range(rounds)]


def _of_players(events: int) -> str:
    with serving(cpu=SERVER_CPU) as server:
        it = burst(PLAYERS, server, events)
    rates = f"{it.per_second:,.0f} events/s until the last is there, {it.call_p50:.1f} µs a call"
    return f"\na thousand players through one client, by for_player: {rates}, {it.missing} never arrived"


def _round(
    sdks: Sequence[Sdk], server: Server, events: int, warm_up: int, exits: dict[str, float]
) -> dict[str, Measured]:
    return {
        sdk.name: Measured(burst(sdk, server, events, warm_up), import_cost(sdk, _IMPORTS), exits[sdk.name])
        for sdk in sdks
    }


def _installed(names: Sequence[str]) -> list[Sdk]:
    """Return the peers of these names that are there, and say why others are not."""
    wanted = [peer for peer in PEERS if peer.name in names]
    failures = install(wanted)
    for name, failure in failures.items():
        print(f"{name} is left out, it cannot be installed: {failure}")
    return [peer for peer in wanted if peer.name not in failures]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="nox -s bench -- sdk", description=__doc__)
    names = [peer.name for peer in PEERS]
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each SDK (default: %(default)s)")
    parser.add_argument("--events", type=int, default=20_000, help="of each round (default: %(default)s)")
    parser.add_argument(
        "--only", nargs="*", choices=names, default=names, metavar="PEER", help=", ".join(names)
    )
    parser.add_argument(
        "--warm-up",
        type=int,
        default=0,
        metavar="EVENTS",
        help="to send before each burst: what an SDK loads with its first batch is then not measured (0)",
    )
    return parser
