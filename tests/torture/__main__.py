"""`python -m tests.torture --seconds N --writers N`: exit code 1 when anything was lost."""

import argparse
import asyncio
import random
import sys
from pathlib import Path

from tests.torture.run import Torture
from tests.torture.space import SmallDisk, space


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--writers", type=int, default=4)
    parser.add_argument("--seed", type=int, default=None, help="repeats the choices, not the timing")
    parser.add_argument("--small-disk", type=int, metavar="MB", help="on a mounted disk that fills up")
    asked = parser.parse_args()
    seed = random.randrange(10**6) if asked.seed is None else asked.seed
    with space(Path.cwd(), asked.small_disk) as place:
        where = "a small disk that fills up" if isinstance(place, SmallDisk) else "this disk"
        print(f"{asked.writers} writers, {asked.seconds:g} s on {where}, seed {seed}", flush=True)
        torture = Torture(
            place.place / "store", seconds=asked.seconds, writers=asked.writers, seed=seed, space=place
        )
        report = asyncio.run(torture.run())
    print("\n".join(report.lines()))
    return 1 if report.errors or report.counts["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
