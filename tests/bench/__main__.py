"""`python -m tests.bench [orders stock store] [--keep]`: tables with ratios to a baseline of the same run.

Nothing is written unless `--keep`, which rewrites RESULTS.md beside this file.
"""

import argparse
import importlib
import importlib.util
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from core.settings import ENV_PREFIX
from tests.bench.support import machine
from tui.logs import log_to_stderr

TITLES: Final = {
    "store": "A commit of the store",
    "orders": "Downloading orders",
    "stock": "A stock pass",
    "screens": "Screens",
}
RESULTS: Final = Path(__file__).with_name("RESULTS.md")


def main() -> None:
    """Run the benchmarks that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(TITLES)}; all when none")
    parser.add_argument("--keep", action="store_true", help=f"write {RESULTS.name}")
    asked = parser.parse_args()
    if unknown := set(asked.names) - TITLES.keys():
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}")
    for name in [name for name in os.environ if name.startswith(ENV_PREFIX)]:
        del os.environ[name]  # the settings of somebody's real program
    log_to_stderr()
    parts = [f"# Benchmarks\n\n{datetime.now(UTC):%d %B %Y}; {machine()}"]
    print(parts[0])
    for name in asked.names or TITLES:
        parts.append(f"## {TITLES[name]}\n\n{_run(name)}")
        print(parts[-1], flush=True)
    if asked.keep:
        RESULTS.write_text("\n".join(parts), "utf-8")


def _run(name: str) -> str:
    module = f"tests.bench.bench_{name}"
    if importlib.util.find_spec(module) is None:
        return "This benchmark does not exist yet.\n"
    return str(importlib.import_module(module).run())


if __name__ == "__main__":
    main()
