"""`avasam products`: bring the inventory in, and look at it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import Confirm, Json, Limit, Search
from tui.commands.output import Exit, counted, emit, fail, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.inventory.port import Rejected

app = typer.Typer(help="The Avasam inventory.", no_args_is_help=True)
_SHOWN_REFUSALS = 50


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A CSV or JSON file; the README describes its columns.")],
    confirm: Confirm = False,
    as_json: Json = False,
) -> None:
    """Take products from a file. Good rows are kept; refused ones are reported row by row."""

    async def work(backend: "Backend") -> Exit:
        from core.services.products import ProductService

        done = await ProductService(backend).import_file(file, confirmed=confirm)
        refused = [row for row in done.rejected if not row.kept]
        if as_json:
            emit(
                {
                    "counts": done.counts,
                    "rejected": [_rejected_json(row) for row in done.rejected],
                    "stopped": None if done.stopped is None else done.stopped.model_dump(),
                }
            )
        else:
            for row in done.rejected[:_SHOWN_REFUSALS]:
                kept = " (row taken without it)" if row.kept else ""
                say(f"row {row.row}, {row.field} {row.value!r}: {row.why}{kept}")
            if len(done.rejected) > _SHOWN_REFUSALS:
                say(f"… and {len(done.rejected) - _SHOWN_REFUSALS} more; --json lists all")
            say(counted(done.counts))
        if done.stopped is not None:
            if not as_json:
                fail(done.stopped.what, f"{done.stopped.why} {done.stopped.cure} (--confirm)", as_json=False)
            return Exit.NEEDS_CONFIRMATION
        return Exit.FAILED if refused else Exit.OK

    with_backend(work, as_json=as_json)


@app.command("read")
def read(confirm: Confirm = False, as_json: Json = False) -> None:
    """Read the inventory now from where the settings say: the Avasam Seller API or a file."""
    from core.models.job import JobKind
    from tui.commands.sync import run_jobs

    async def work(backend: "Backend") -> Exit:
        return await run_jobs(
            backend, JobKind.READ_INVENTORY, [None], requested_by=who(), confirmed=confirm, as_json=as_json
        )

    with_backend(work, as_json=as_json)


@app.command("list")
def list_(search: Search = "", limit: Limit = None, as_json: Json = False) -> None:
    """List products by SKU."""

    async def work(backend: "Backend") -> Exit:
        from core.services.products import ProductService

        rows, total = await ProductService(backend).search(search, limit=limit)
        if as_json:
            emit([row.to_document() for row in rows])
            return Exit.OK
        table(
            ("SKU", "TITLE", "STOCK", "COST EXC", "SHIPPING EXC", "SELLING INC", "CATEGORY"),
            [
                (
                    row.sku,
                    row.title,
                    "unknown" if row.stock is None else str(row.stock),
                    "" if row.cost_ex is None else str(row.cost_ex),
                    "" if row.shipping_ex is None else str(row.shipping_ex),
                    "" if row.selling_price is None else str(row.selling_price),
                    row.category,
                )
                for row in rows
            ],
            empty="No product. Import some with: avasam products import FILE",
        )
        if len(rows) < total:
            say(f"{len(rows)} of {total}")
        return Exit.OK

    with_backend(work, as_json=as_json)


def _rejected_json(row: "Rejected") -> dict[str, object]:
    return {"row": row.row, "field": row.field, "value": row.value, "why": row.why, "kept": row.kept}
