"""`python -m tests.bench [orders stock ...] [--keep]`: tables with ratios to a baseline of the same run.

Every bench_<name>.py beside this file has a `run() -> str` that makes its part. Nothing is written unless
`--keep`, which rewrites RESULTS.md.
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
    parts = [f"# Benchmarks\n\n{datetime.now(UTC):%d %B %Y}; {machine()}"]
    print(parts[0])
    for name in asked.names or known:
        parts.append(_part(name))
        print(parts[-1], flush=True)
    if asked.keep:
        (HERE / "RESULTS.md").write_text("\n".join(parts), "utf-8")


def _part(name: str) -> str:
    module = importlib.import_module(f"tests.bench.{PREFIX}{name}")
    return f"## {name}\n\n{(module.__doc__ or '').strip()}\n\n{module.run()}"


if __name__ == "__main__":
    main()
