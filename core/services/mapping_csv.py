"""SKU mappings as a CSV file, out and in (domain.md A38).

| column | meaning |
|---|---|
| own_sku | the Avasam SKU |
| channel_sku | the seller SKU in the shop |
| product_id | TikTok's product id; tells SKUs of one name apart |
| sku_id | TikTok's SKU id; where it is given, nothing else is needed |
| action | `link` (also when left out) or `unlink` |

An export can be read back whole: cells that a spreadsheet would run as formulas begin with an apostrophe,
which reading takes off again. Excel's own ways are read: a byte order mark, `;` or tabs between cells,
`sep=;` on top, Windows-1252 and UTF-16. Spreadsheets turn long ids into `1.73E+18`: such an id counts as
left out.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.services.errors import ServiceError
from core.services.mapping_edits import Edit, Edits
from core.services.mapping_lists import MappingLists
from core.services.mapping_names import ChannelNames, NotOne
from core.text import clean_line, csv_cell

COLUMNS: Final = ("own_sku", "channel_sku", "product_id", "sku_id", "action", "title")
LARGEST: Final = 50_000_000
"""Bytes; a file of 100,000 pairs has about 10 million."""
_NAMES: Final = {
    "own sku": "own_sku",
    "avasam_sku": "own_sku",
    "avasam sku": "own_sku",
    "channel sku": "channel_sku",
    "seller_sku": "channel_sku",
    "seller sku": "channel_sku",
    "product id": "product_id",
    "sku id": "sku_id",
}
_LINK: Final = frozenset({"", "link", "map"})
_UNLINK: Final = frozenset({"unlink", "unmap"})
_SHOWN: Final = 60
_SEPARATOR: Final = re.compile(r"sep=([,;\t])?", re.IGNORECASE)
_ENCODINGS: Final = (("utf-16", "UTF-16"), ("utf-8-sig", "UTF-8"), ("cp1252", "Windows-1252"))


@dataclass(frozen=True, slots=True)
class RowRefused:
    """A row that was not taken: its number as a spreadsheet counts, what stood there, and why."""

    row: int
    cells: str
    why: str


@dataclass(frozen=True, slots=True)
class Proposed:
    """What a file asks for. Nothing is saved yet: `edits` may be, and `refused` says what was left out."""

    edits: Edits
    links: int
    relinks: int
    """Links that take a channel SKU away from another Avasam SKU."""
    unlinks: int
    unchanged: int
    refused: Sequence[RowRefused]
    encoding: str = "UTF-8"
    """How its text was written."""


def write_csv(lists: MappingLists) -> str:
    """Every pair of an integration, by seller SKU."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    pairs = ((row, row.partner) for row in lists.channel.values())
    mapped = ((row, partner) for row, partner in pairs if partner is not None)
    for row, partner in sorted(mapped, key=lambda pair: (pair[0].seller_sku, pair[0].sku_id)):
        cells = (partner.avasam_sku, row.seller_sku, row.product_id, row.sku_id, "link", row.title)
        writer.writerow([guarded(cell) for cell in cells])
    return out.getvalue()


def read_csv(content: bytes, lists: MappingLists) -> Proposed:
    """What the file asks of this integration. Raises ServiceError when it is no such file at all."""
    reading = Reading(content, lists)
    for _ in reading:
        pass
    return reading.proposed()


def guarded(text: str) -> str:
    """A cell that no spreadsheet runs; an apostrophe of its own is doubled, so that none is lost."""
    return f"'{text}" if text.startswith("'") else csv_cell(text)


def unguarded(cell: str) -> str:
    """Exactly what `guarded` was given; other cells as they stand."""
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


class _Refusal(Exception):
    """Why a row is not taken."""


class Reading:
    """Takes row after row and remembers which row said what about which channel SKU.

    Iterate over it to the end, with pauses as wanted; then ask what is `proposed`. Raises ServiceError when
    the file is no such file at all.
    """

    def __init__(self, content: bytes, lists: MappingLists) -> None:
        self._text, self._encoding = _text(content)
        self._lists = lists
        self._names = ChannelNames(lists)
        self._said: dict[str, tuple[int, str | None]] = {}
        self._edits: list[Edit] = []
        self._refused: list[RowRefused] = []
        self._unchanged = 0

    def __iter__(self) -> Iterator[int]:
        """The number of each row, once it was taken."""
        for number, cells in _rows(self._text):
            self._take(number, cells)
            yield number

    def _take(self, number: int, cells: Mapping[str, str]) -> None:
        """One row: an edit, or a refusal with its reason."""
        try:
            edit = self._edit(cells)
            said = self._said.setdefault(edit.sku_id, (number, edit.avasam_sku))
            if said[1] != edit.avasam_sku:
                raise _Refusal(f"row {said[0]} says otherwise of the same channel SKU")
        except (_Refusal, NotOne) as refusal:
            shown = clean_line(", ".join(cell for cell in cells.values() if cell), _SHOWN)
            self._refused.append(RowRefused(number, shown, str(refusal)))
            return
        if said[0] != number or not edit.changes_something:
            self._unchanged += 1
        else:
            self._edits.append(edit)

    def proposed(self) -> Proposed:
        """All of it."""
        edits = self._edits
        return Proposed(
            edits=Edits().having(*edits),
            links=sum(edit.avasam_sku is not None and edit.seen is None for edit in edits),
            relinks=sum(edit.avasam_sku is not None and edit.seen is not None for edit in edits),
            unlinks=sum(edit.avasam_sku is None for edit in edits),
            unchanged=self._unchanged,
            refused=self._refused,
            encoding=self._encoding,
        )

    def _edit(self, cells: Mapping[str, str]) -> Edit:
        action = cells.get("action", "").casefold()
        if action not in _LINK | _UNLINK:
            raise _Refusal(f"the action is {clean_line(action, 20)!r}; it may be link or unlink")
        live = self._names.find(
            cells.get("channel_sku", ""),
            sku_id=cells.get("sku_id", ""),
            product_id=cells.get("product_id", ""),
        )
        own, seen = cells.get("own_sku", ""), self._lists.partner_of(live.sku_id)
        if action in _UNLINK:
            if seen is not None and own and own != seen:
                raise _Refusal(f"it is mapped to {seen}, not to {own}")
            return Edit(live.sku_id, None, seen)
        if not own:
            raise _Refusal("own_sku is empty")
        product = self._lists.products.get(own)
        if product is None or product.missing:
            raise _Refusal(f"Avasam has no sellable SKU {own}")
        if live.deleted:
            raise _Refusal("TikTok no longer lists this channel SKU")
        return Edit(live.sku_id, own, seen)


def _rows(text: str) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with its number as a spreadsheet counts, from 1 on; blank rows are passed over."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        top = next(reader, [])
        first = 2
        if _SEPARATOR.fullmatch(",".join(top).strip()):  # Excel's own line before the heading
            top, first = next(reader, []), 3
        head = [_name(cell) for cell in top]
        _check_head(head)
        for number, row in enumerate(reader, start=first):
            cells = [unguarded(cell.strip()) for cell in row]
            if any(cells):
                yield number, dict(zip(head, cells, strict=False))
    except csv.Error as error:
        raise ServiceError(
            f"This is not a CSV file: {error}", "Save it again as CSV, UTF-8, with a heading."
        ) from None


def _text(content: bytes) -> tuple[str, str]:
    """The text and how it was written: UTF-8, or what Excel writes when nobody asks it for that."""
    if len(content) > LARGEST:
        raise ServiceError(
            f"The file has {len(content):,} bytes; {LARGEST:,} are the most", "Split it into several files."
        )
    for encoding, name in _ENCODINGS:
        if encoding == "utf-16" and not content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            continue
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break  # a workbook or a picture: no text has these
        return text, name
    raise ServiceError("The file is not text: is it a workbook?", "Save it as CSV, UTF-8.")


def _delimiter(text: str) -> str:
    head, _, rest = text.partition("\n")
    if found := _SEPARATOR.fullmatch(head.strip("\r ")):
        return found[1] or ","
    head = head or rest.partition("\n")[0]
    return max((",", ";", "\t"), key=head.count)


def _name(cell: str) -> str:
    name = cell.strip().casefold()
    return _NAMES.get(name, name)


def _check_head(head: Iterable[str]) -> None:
    names = list(head)
    if "own_sku" not in names or not {"channel_sku", "sku_id"} & set(names):
        raise ServiceError(
            "The first row must name the columns own_sku, and channel_sku or sku_id",
            f"An export shows how it looks: {', '.join(COLUMNS)}.",
        )
