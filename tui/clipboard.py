"""Copying out of a terminal, and into a file where a terminal may not take it (ux.md, Manners)."""

import os
import re
import subprocess
from pathlib import Path
from typing import Final

from textual.app import App

from core.wording import count_of

_TMUX_SECONDS: Final = 2.0
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")
_MOST: Final = 60


def copy(app: App[None], text: str) -> str:
    """Hand `text` to the terminal and say what was done; whether the clipboard took it nobody can know.

    Outside tmux by OSC 52, inside by `tmux load-buffer -w -`, because tmux's default drops OSC 52.
    """
    lines = text.count("\n") + 1
    what = count_of(lines, "line")
    if os.environ.get("TMUX") and _given_to_tmux(text):
        return f"Copied {what} to tmux's buffer, which offers it to the terminal's clipboard."
    app.copy_to_clipboard(text)
    return f"Sent {what} to the terminal's clipboard (OSC 52)."


def write_file(home: Path, name: str, text: str) -> Path:
    """Keep `text` as `exports/<name>` under `home`, readable by its owner alone; never over another file.

    Raises OSError when it cannot be written.
    """
    directory = home / "exports"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    stem, dot, suffix = (_UNSAFE.sub("-", name).strip(".-") or "text").rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    stem = stem[:_MOST]
    for number in range(1, 10_000):
        path = directory / f"{stem}{'' if number == 1 else f'-{number}'}{dot}{suffix}"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path
    raise FileExistsError(f"{directory} holds too many files named {stem}")


def _given_to_tmux(text: str) -> bool:
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"],  # noqa: S607 - the person's own tmux, wherever it is
            input=text.encode(),
            capture_output=True,
            timeout=_TMUX_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
