"""`python -m tests.bench [orders stock ...] [--keep]`: tables with ratios to a baseline of the same run.

Every bench_<name>.py beside this file has a `run() -> str` that makes its part. Nothing is written unless
`--keep`, which puts the parts that were run in the place of theirs in RESULTS.md.
"""

import argparse
import importlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.settings import ENV_PREFIX
from tests.bench.support import machine
from tui.logs import log_to_stderr

HERE: Final = Path(__file__).parent
PREFIX: Final = "bench_"
_RESULTS: Final = HERE / "RESULTS.md"
_HEAD: Final = "# Benchmarks\n\nEach part says when and where it was run; baselines are of the same run.\n"
_SECTION: Final = "## "


def main() -> None:
    """Run the benchmarks that were named, or all."""
    known = sorted(file.stem.removeprefix(PREFIX) for file in HERE.glob(f"{PREFIX}*.py"))
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(known)}; all when none")
    parser.add_argument("--keep", action="store_true", help="write RESULTS.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(known):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        del os.environ[name]  # the settings of somebody's real program
    log_to_stderr()
    print(_HEAD)
    kept = _kept() if asked.keep else {}
    for name in asked.names or known:
        kept[name] = _part(name)
        print(kept[name], flush=True)
        if asked.keep:
            _RESULTS.write_text("\n".join([_HEAD, *(kept[one] for one in sorted(kept))]), "utf-8")


def _part(name: str) -> str:
    module = importlib.import_module(f"tests.bench.{PREFIX}{name}")
    about = (module.__doc__ or "").strip()
    table = module.run()
    return f"{_SECTION}{name}\n\n{datetime.now(UTC):%d %B %Y}; {machine()}\n\n{about}\n\n{table.strip()}\n"


def _kept() -> dict[str, str]:
    """The parts of RESULTS.md by their names."""
    _, *parts = _RESULTS.read_text("utf-8").split(f"\n{_SECTION}")
    return {part.partition("\n")[0]: f"{_SECTION}{part.strip()}\n" for part in parts}


if __name__ == "__main__":
    main()
