"""The import rule at run time: a static graph misses imports that are put off (architecture.md)."""

import subprocess
import sys

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
