"""`avasam orders show` and `avasam orders export`."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.wording import count_of
from tui.commands.options import IntegrationName, Json, Search
from tui.commands.output import Exit, emit, fail, say
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.services.order_cures import Cure

Value = TypeVar("Value", bound=StrEnum)


def show(
    order: Annotated[str, typer.Argument(metavar="ORDER", help="A TikTok order id.")],
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Show one order in full: lines and mapping, deadlines, address, decision, timeline, what unblocks it."""

    async def work(backend: "Backend") -> Exit:
        from core.services.integrations import IntegrationService
        from core.services.orders import OrderService
        from tui.words.order_text import order_text

        shop = None if integration is None else (await IntegrationService(backend).named(integration)).id
        detail = await OrderService(backend).find(order, integration_id=shop)
        if as_json:
            name = None if detail.integration is None else detail.integration.name
            emit({**detail.order.to_document(), "integration": name, "cure": _cure_json(detail.cure)})
        else:
            print(order_text(detail, backend.clock.now()))
        return Exit.OK

    with_backend(work, as_json=as_json)


def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
    integration: IntegrationName = None,
    state: Annotated[str | None, typer.Option("--state", help="Only orders in this state.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only orders of this kind.")] = None,
    search: Search = "",
    as_json: Json = False,
) -> None:
    """Write orders as CSV, or JSON with --json, newest first. Nothing about buyers is in it."""

    async def work(backend: "Backend") -> Exit:
        from core.models.order import OrderKind, OrderState
        from core.services.export import ORDER_HEADINGS, Format, order_record, rendered
        from core.services.integrations import IntegrationService
        from core.services.order_book import OrderFilter
        from core.services.orders import OrderService

        service, shops = OrderService(backend), IntegrationService(backend)
        names = {one.id: one.name for one in await shops.all()}
        chosen = None if integration is None else (await shops.named(integration)).id
        book = service.book()
        book.shops = names
        await book.refresh()
        wanted = OrderFilter(
            text=search,
            state=one_of(OrderState, state),
            kind=one_of(OrderKind, kind),
            integration_id=chosen,
        )
        found = await service.by_keys(book.view(wanted, backend.clock.now()))
        records = [order_record(one, names.get(one.integration_id, "(removed)")) for one in found]
        kind_of_file = Format.JSON if as_json else Format.CSV
        return write(rendered(records, ORDER_HEADINGS, kind_of_file), len(found), file)

    with_backend(work, as_json=as_json)


def one_of(values: type[Value], name: str | None) -> Value | None:
    """The value of this name. Raises NotFound that lists those there are."""
    from core.services.errors import NotFound

    if name is None:
        return None
    try:
        return values(name)
    except ValueError:
        known = ", ".join(one.value for one in values)
        raise NotFound(f"{name!r} is none of these", f"Choose one of: {known}.") from None


def write(text: str, rows: int, file: Path | None) -> Exit:
    """Give an export to a file that does not exist yet, or to standard output."""
    if file is None:
        print(text, end="")
        return Exit.OK
    try:
        with file.open("x", encoding="utf-8", newline="") as output:
            output.write(text)
    except OSError as error:
        fail(f"{file} was not written: {error.strerror}", "Name another file.", as_json=False)
        return Exit.FAILED
    say(f"{count_of(rows, 'row')} written to {file}")
    return Exit.OK


def _cure_json(cure: "Cure | None") -> dict[str, object] | None:
    if cure is None:
        return None
    return {
        "what": cure.what,
        "now": cure.now,
        "screen": cure.mode,
        "command": cure.command,
        "expected": cure.expected,
    }
