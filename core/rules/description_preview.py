"""A description as buyers will see it, in lines and runs of plain text with emphasis (A22)."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from core.rules.description import as_html, description_faults
from core.rules.listing_limits import ListingLimits
from core.text import clean_line, clean_text

_BOLD: Final = frozenset({"b", "strong", "h1", "h2", "h3", "h4", "h5", "h6"})
_ITALIC: Final = frozenset({"i", "em"})
_BLOCKS: Final = frozenset({"p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6"})
_SILENT: Final = frozenset({"script", "style", "title"})


@dataclass(frozen=True, slots=True)
class Run:
    """Some text and how it is set."""

    text: str
    bold: bool = False
    italic: bool = False
    underline: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `depth` counts the lists it stands in, `mark` is its bullet or number."""

    runs: tuple[Run, ...]
    depth: int = 0
    mark: str = ""

    @property
    def text(self) -> str:
        """The line without its setting."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be sent, counted and judged. `refused` are (what, fix), `changed` what Save leaves out."""

    lines: tuple[Line, ...]
    length: int
    most: int
    images: int
    images_most: int
    refused: tuple[tuple[str, str], ...]
    changed: tuple[str, ...]


def preview(typed: str, limits: ListingLimits, *, longest: int) -> Preview:
    """The description that would be sent for this text; `longest` is what is kept of it at most."""
    kept = clean_text(typed, longest)
    sent = as_html(kept)
    lines, reader = _read(sent)
    changed = []
    if len(typed) > longest:
        changed.append(f"Only the first {longest:,} characters are kept")
    elif kept.strip() != typed.strip():
        changed.append("Control characters and trailing blanks are taken out")
    attributes = sorted(reader.attributes)
    if attributes:
        changed.append(f"TikTok may take out what is inside tags: {', '.join(attributes[:5])}")
    return Preview(
        lines=tuple(lines),
        length=len(sent),
        most=limits.description_most,
        images=reader.images,
        images_most=limits.description_images_most,
        refused=tuple((what, fix) for _, what, fix in description_faults(sent, limits)),
        changed=tuple(changed),
    )


def readable(text: str) -> list[str]:
    """A description as buyers read it, in plain lines: no tags, lists with their bullets and numbers."""
    return [
        f"{'  ' * max(0, line.depth - bool(line.mark))}{line.mark}{line.text}"
        for line in _read(as_html(text))[0]
    ]


def _read(sent: str) -> "tuple[list[Line], _Reader]":
    reader = _Reader()
    reader.feed(sent)
    reader.close()
    return reader.finished(), reader


class _Reader(HTMLParser):
    """Turns HTML into lines; blocks end lines, lists indent, white space collapses as in a browser."""

    def __init__(self) -> None:
        super().__init__()
        self.images = 0
        self.attributes: set[str] = set()
        self._lines: list[Line] = []
        self._runs: list[Run] = []
        self._open: list[str] = []
        self._lists: list[int] = []
        """A count for each open list; -1 for one without numbers."""
        self._mark = ""

    def finished(self) -> list[Line]:
        """All lines, none of them empty at the end."""
        self._end_line()
        while self._lines and not self._lines[-1].text.strip():
            self._lines.pop()
        return self._lines

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open it."""
        self.attributes |= {f"{tag} {name}" for name, _ in attrs if (tag, name) != ("img", "src")}
        if tag == "br":
            self._end_line(always=True)
            return
        if tag == "img":
            self.images += 1
            self._runs.append(Run("[image]", italic=True))
            return
        if tag in _BLOCKS:
            self._end_line()
        if tag in {"ul", "ol"}:
            self._lists.append(0 if tag == "ol" else -1)
        if tag == "li":
            self._mark = "• "
            if self._lists and self._lists[-1] >= 0:
                self._lists[-1] += 1
                self._mark = f"{self._lists[-1]}. "
        self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>` and `<img/>`; others open nothing."""
        if tag in {"br", "img"}:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close it, with what was left open inside."""
        if tag not in self._open:
            return
        if tag in _BLOCKS:
            self._end_line()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        while self._open and self._open.pop() != tag:
            pass
        if tag in {"p", "ul", "ol"} and not self._lists and self._lines and self._lines[-1].runs:
            self._lines.append(Line(()))

    def handle_data(self, data: str) -> None:
        """Text, as it is set here."""
        if _SILENT & set(self._open):
            return
        words = clean_line(data, len(data))  # a reference may stand for what was cleaned at the door
        if not words:
            words = " " if self._runs else ""
        else:
            before = " " if data[0].isspace() and self._runs else ""
            words = f"{before}{words}{' ' if data[-1].isspace() else ''}"
        if words:
            now = set(self._open)
            run = Run(words, bool(now & _BOLD), bool(now & _ITALIC), "u" in now)
            self._runs.append(run)

    def _end_line(self, *, always: bool = False) -> None:
        if self._runs or always:
            self._lines.append(Line(tuple(self._runs), len(self._lists), self._mark))
            self._mark = " " * len(self._mark) if always else ""
            self._runs = []
