"""`python -m core.sandbox serve`: the sandbox without the rest of the program."""

import argparse
from pathlib import Path

from core.sandbox.serve import ServeOptions, run
from core.sandbox.state_file import StateDamagedError


def options(arguments: list[str] | None = None) -> ServeOptions:
    """The options on a command line."""
    parser = argparse.ArgumentParser(prog="python -m core.sandbox", description=__doc__)
    serve = parser.add_subparsers(required=True).add_parser("serve", help="run it on loopback until stopped")
    serve.add_argument("--port", type=int, default=0, help="0 picks a free one")
    serve.add_argument("--seed", type=int, default=7)
    serve.add_argument("--products", type=int, default=200, help="Avasam rows, 10 to 100000")
    serve.add_argument("--orders", type=int, default=40, help="orders that are there at the start")
    serve.add_argument("--json", action="store_true", help="print the addresses as one line of JSON")
    serve.add_argument("--state", type=Path, help="keep the world in this file")
    serve.add_argument("--live", type=float, default=0.0, help="new orders a minute")
    serve.add_argument("--redirect-url", help="where a consent sends the browser back to")
    return ServeOptions(**vars(parser.parse_args(arguments)))


if __name__ == "__main__":
    try:
        run(options())
    except (StateDamagedError, OSError) as error:
        raise SystemExit(str(error)) from None
