import base64
import os
from pathlib import Path

import pytest
from textual.app import App

from tui.clipboard import copy, write_file


@pytest.fixture
def tmux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for tmux that keeps what it is given."""
    taken = tmp_path / "taken"
    program = tmp_path / "bin" / "tmux"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$*" = "load-buffer -w -" ] && cat > {taken}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "socket,1,0")
    return taken


def test_inside_tmux_the_text_goes_to_its_buffer(tmux: Path) -> None:
    assert "tmux" in copy(App(), "grün\nand blue")
    assert tmux.read_text("utf-8") == "grün\nand blue"


async def test_elsewhere_the_terminal_is_asked_and_nothing_is_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    app: App[None] = App()
    async with app.run_test():
        written: list[str] = []
        assert app._driver is not None
        monkeypatch.setattr(app._driver, "write", written.append)
        assert copy(app, "a\nb") == "Sent 2 lines to the terminal's clipboard (OSC 52)."
    assert base64.b64encode(b"a\nb").decode() in "".join(written)


def test_a_tmux_that_refuses_is_not_believed(tmux: Path) -> None:
    (tmux.parent / "bin" / "tmux").write_text("#!/bin/sh\nexit 1\n")
    assert "OSC 52" in copy(App(), "text")


def test_a_file_is_private_and_never_overwrites_another(tmp_path: Path) -> None:
    first = write_file(tmp_path, "problem.txt", "one")
    second = write_file(tmp_path, "problem.txt", "two")
    assert first.read_text() == "one"
    assert second.read_text() == "two"
    assert first.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b\x1b[31m.csv", "", "...", "x" * 500 + ".json"])
def test_no_name_leads_out_of_the_directory(tmp_path: Path, name: str) -> None:
    path = write_file(tmp_path, name, "text")
    assert path.parent == tmp_path / "exports"
    assert path.is_file()
