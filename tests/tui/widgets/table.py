"""A table of made-up rows in an app of its own."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import App, ComposeResult

from tui.widgets.cells import Cell, Tone
from tui.widgets.columns import Column
from tui.widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class Product:
    sku: str
    title: str
    stock: int


class Shelf(dict[str, Product]):
    """Rows by key; counts how many were asked for."""

    asked = 0

    def row(self, key: str) -> Product | None:
        self.asked += 1
        return self.get(key)


def shelf(count: int) -> Shelf:
    return Shelf(
        (f"k{number}", Product(f"SKU-{number:06}", f"Mug number {number}", number % 97))
        for number in range(count)
    )


def columns(wide: int = 0) -> list[Column[Product]]:
    """Three columns, and as many more as asked for."""
    return [
        Column("sku", "SKU", 10, lambda row: Cell(row.sku)),
        Column("title", "Title", 16, lambda row: Cell(row.title), grow=1),
        Column(
            "stock",
            "Stock",
            6,
            lambda row: Cell(str(row.stock), Tone.BAD if row.stock == 0 else Tone.PLAIN),
            right=True,
        ),
        *(Column(f"x{n}", f"More {n}", 12, lambda row: Cell(row.title)) for n in range(wide)),
    ]


class TableApp(App[None]):
    """The table alone; `told` keeps what it said."""

    def __init__(self, rows: Shelf, shown: Sequence[Column[Product]] | None = None) -> None:
        super().__init__()
        self.rows = rows
        self.told: list[object] = []
        self.table: VirtualTable[Product] = VirtualTable(columns() if shown is None else shown, id="table")

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.show(list(self.rows), self.rows)
        self.table.focus()

    def on_virtual_table_opened(self, event: VirtualTable.Opened) -> None:
        self.told.append(("opened", event.key))

    def on_virtual_table_highlighted(self, event: VirtualTable.Highlighted) -> None:
        self.told.append(("highlighted", event.key))

    def on_virtual_table_sort_asked(self, event: VirtualTable.SortAsked) -> None:
        self.told.append(("sort", event.column))

    def lines(self) -> list[str]:
        """What is on the screen, line by line."""
        return [
            "".join(segment.text for segment in self.table.render_line(y)) for y in range(self.size.height)
        ]
