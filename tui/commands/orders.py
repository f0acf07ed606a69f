"""`avasam orders`: what was downloaded and where it stands."""

from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands import order_flow, order_settle, orders_read
from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.output import Exit, emit, local, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.order import Order

app = typer.Typer(help="Orders of the connected shops.", no_args_is_help=True)
app.command("release")(order_flow.release)
app.command("resend")(order_flow.resend)
app.command("settle")(order_settle.settle)
app.command("tracking")(order_settle.tracking)
app.command("show")(orders_read.show)
app.command("export")(orders_read.export)


@app.command("list")
def list_(
    integration: IntegrationName = None,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only orders in this state; may be repeated.")
    ] = None,
    search: Search = "",
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List orders, newest first. Names and addresses are left out."""

    async def work(backend: "Backend") -> Exit:
        from core.models.order import OrderState
        from core.services.errors import NotFound
        from core.services.integrations import IntegrationService
        from core.services.orders import OrderService

        names = {one.id: one.name for one in await IntegrationService(backend).all()}
        chosen = None if integration is None else (await IntegrationService(backend).named(integration)).id
        known = {one.value: one for one in OrderState}
        wrong = [one for one in state or () if one not in known]
        if wrong:
            raise NotFound(f"There is no order state {wrong[0]!r}", f"States: {', '.join(known)}.")
        rows, total = await OrderService(backend).search(
            integration_id=chosen, states=[known[one] for one in state or ()], text=search, limit=limit
        )
        if as_json:
            emit([_order_json(row, names) for row in rows])
            return Exit.OK
        table(
            ("ORDER", "SHOP", "PLACED", "TIKTOK", "KIND", "STATE", "UNITS", "WHY"),
            [
                (
                    row.source.id,
                    names.get(row.integration_id, "(removed)"),
                    local(row.source.created_at),
                    row.source.status,
                    row.kind.value.replace("_", "-"),
                    row.state.value.replace("_", " "),
                    str(len(row.source.lines)),
                    row.held_reason or "",
                )
                for row in rows
            ],
            empty="No order. They arrive with the next sync: avasam sync orders",
        )
        if len(rows) < total:
            say(f"{len(rows)} of {total}")
        return Exit.OK

    with_backend(work, as_json=as_json)


def _order_json(row: "Order", names: dict[str, str]) -> dict[str, object]:
    document = row.to_document()
    source = document.pop("source")
    assert isinstance(source, dict)  # noqa: S101 - a dumped model is an object
    kept = {name: value for name, value in source.items() if name not in {"address", "buyer_message"}}
    return {
        "id": row.source.id,
        "integration": names.get(row.integration_id),
        "status": row.source.status,
        **document,
        "flags": list(row.source.flags()),
        "source": kept,
    }
