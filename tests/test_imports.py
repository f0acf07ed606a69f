"""The import rule at run time: a static graph misses imports that are put off (architecture.md)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_REPORT = "import sys; {imports}; print(' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"


def modules_after(imports: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _REPORT.format(imports=imports)], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def every_module(package: str) -> str:
    walk = f"import pkgutil, importlib, {package}; "
    names = f"pkgutil.walk_packages({package}.__path__, '{package}.')"
    return f"{walk}[importlib.import_module(m.name) for m in {names} if not m.name.endswith('__main__')]"


def test_core_draws_nothing_and_stores_nothing() -> None:
    assert not modules_after(every_module("core")) & {"textual", "typer", "tinydb", "storage", "tui"}


def test_storage_knows_neither_screens_nor_network() -> None:
    assert not modules_after(every_module("storage")) & {"textual", "typer", "httpx", "tui", "starlette"}


def test_the_sandbox_runs_without_the_client_that_it_tests() -> None:
    imports = every_module("core.sandbox").replace("import pkgutil", "import core.sandbox, pkgutil")
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys; {imports}; print(*sorted(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    ours = {name for name in loaded if name.startswith("core.") and not name.startswith("core.sandbox")}
    assert not ours


@pytest.mark.parametrize("heavy", ["httpx", "pydantic", "tinydb", "cryptography", "starlette", "typer"])
def test_the_first_frame_comes_before_the_heavy_libraries(heavy: str) -> None:
    """ux.md, Start: they cost as much as Textual itself."""
    assert heavy not in modules_after("import tui.app, tui.session, tui.screens.opening")


@pytest.mark.parametrize(
    "words", ["orders list", "listings show -i none", "integrations list", "activity list"]
)
def test_a_command_that_only_reads_the_store_pays_for_no_network(words: str, tmp_path: Path) -> None:
    """HTTP clients are half of what such a command would import."""
    run = f"import sys, tui.main\nsys.argv[1:] = {words.split()}\n"
    run += "try: tui.main.main()\nexcept SystemExit: pass\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{run}print(*sorted(sys.modules), file=sys.stderr)"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "AVASAM_HOME": str(tmp_path)},
    )
    loaded = set(done.stderr.splitlines()[-1].split())
    assert {"pydantic", "core.backend"} <= loaded
    assert not loaded & {"httpx", "textual", "core.network"}
