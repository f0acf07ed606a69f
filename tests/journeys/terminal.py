"""The program in a pseudo-terminal, read as a person reads it: what stands there now, not what went by."""

import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from typing import Final

import pexpect
from rich.cells import cell_len

AVASAM: Final = (sys.executable, "-m", "tui.main")
ENTER, TAB, ESCAPE, SAVE, QUIT, REMOVE = "\r", "\t", "\x1b", "\x13", "\x11", "\x1b[19~"
UP, DOWN, PAGE_DOWN = "\x1b[A", "\x1b[B", "\x1b[6~"
_DEADLINE_SECONDS: Final = 120.0
_NOT_OURS: Final = frozenset(
    {
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "SSH_CONNECTION",
        "SSH_TTY",
        "SSH_CLIENT",
        "TMUX",
        "NO_COLOR",
        "LINES",
        "COLUMNS",
    }
)
"""What the person who runs the tests has, and a person at this terminal has not."""
_TOKEN: Final = re.compile(
    r"\x1b\[(?P<arguments>[0-9;:?<=>]*)[ -/]*(?P<final>[@-~])"  # a control sequence
    r"|\x1b[\]P^_].*?(?:\x07|\x1b\\)"  # words for the terminal itself, such as a title
    r"|\x1b[()][0-9A-B]|\x1b[ -Z\\^-~]"
    r"|(?P<text>[^\x1b]+)",
    re.DOTALL,
)


class Glass:
    """The cells of a terminal, as far as Textual moves on them: go to a place, clear, write."""

    def __init__(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self._cells = [[" "] * width for _ in range(height)]
        self._row = self._column = 0
        self._rest = ""

    def feed(self, output: str) -> None:
        """Draw what the program wrote; half a sequence waits for its other half."""
        self._rest += output
        end = 0
        for token in _TOKEN.finditer(self._rest):
            if token.start() != end:
                break
            end = token.end()
            if token["text"] is not None:
                self._write(token["text"])
            elif token["final"] in {"H", "f"}:
                row, column = (int(n or 1) for n in f"{token['arguments'] or '1;1'};1".split(";")[:2])
                self._row, self._column = row - 1, column - 1
            elif token["final"] == "J":
                self._cells = [[" "] * self._width for _ in range(self._height)]
        self._rest = self._rest[end:]

    @property
    def text(self) -> str:
        """What can be read."""
        return "\n".join("".join(row).rstrip() for row in self._cells)

    def _write(self, text: str) -> None:
        for character in text:
            if character == "\r":
                self._column = 0
            elif character == "\n":
                self._row += 1
            elif (width := cell_len(character)) and self._row < self._height:
                for cell in range(self._column, min(self._column + width, self._width)):
                    self._cells[self._row][cell] = character if cell == self._column else ""
                self._column += width


class Terminal:
    """`avasam` with its arguments in a terminal of this size; `environ` is added to a person's usual one."""

    def __init__(
        self, *arguments: str, environ: Mapping[str, str], width: int = 120, height: int = 40
    ) -> None:
        usual = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
        self.environ = {**usual, "TERM": "xterm-256color", **environ}
        self._glass = Glass(width, height)
        self._process = pexpect.spawn(
            AVASAM[0],
            [*AVASAM[1:], *arguments],
            env=self.environ,
            dimensions=(height, width),
            encoding="utf-8",
        )

    @property
    def screen(self) -> str:
        """What stands there now."""
        return self._glass.text

    def press(self, keys: str) -> None:
        """Send keys."""
        self._process.send(keys)

    def paste(self, text: str) -> None:
        """As terminals send what is pasted."""
        self.press(f"\x1b[200~{text}\x1b[201~")

    def sees(self, *words: str) -> None:
        """Wait until all the words stand on the screen."""
        self.until(lambda: all(word in self.screen for word in words), words)

    def no_longer_sees(self, words: str) -> None:
        """Wait until the words are gone."""
        self.until(lambda: words not in self.screen, words)

    def until(self, condition: Callable[[], object], told: object) -> None:
        """Read on until the condition holds."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"in vain for {told!r}; the screen says:\n{self.screen}"
            self.read()

    def read(self) -> None:
        """Take in what the program writes in the next moment."""
        try:
            self._glass.feed(self._process.read_nonblocking(4096, timeout=0.1))
        except pexpect.TIMEOUT:
            pass
        except pexpect.EOF:
            raise AssertionError(f"the program ended; its last words:\n{self.screen}") from None

    def leave(self) -> int | None:
        """Quit, and the exit code."""
        self.press(QUIT)
        self._process.expect(pexpect.EOF, timeout=_DEADLINE_SECONDS)
        self._process.close()
        return self._process.exitstatus

    def kill(self) -> None:
        """Leave nothing behind."""
        self._process.close(force=True)
