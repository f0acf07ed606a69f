"""`avasam integrations`: connect shops and list them."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tui.commands.options import Json
from tui.commands.output import Exit, emit, local, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import SyncKind
    from core.services.authorisation import AuthorisationService, Begun, Granted
    from core.services.integrations import Overview

app = typer.Typer(help="Connected TikTok shops.", no_args_is_help=True)

Code = Annotated[
    str | None,
    typer.Option(
        "--code",
        metavar="CODE|ADDRESS",
        help="The code, or the whole address that the browser ended on. Asked for when left out.",
    ),
]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="How this integration is called here.")],
    code: Code = None,
    shop: Annotated[
        str | None, typer.Option("--shop", metavar="ID", help="Which shop, when the account has several.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Connect a TikTok shop.

    Prints the address at which the merchant gives consent, then takes the address that the browser was sent
    back to. No browser is needed on this machine.
    """

    async def work(backend: "Backend") -> Exit:
        from core.services.authorisation import AuthorisationService, SeveralShops
        from core.services.integrations import IntegrationService

        service = AuthorisationService(backend)
        cleaned = await IntegrationService(backend).check_name(name)
        granted = await consent(service, code, lambda: service.begin(cleaned))
        try:
            integration = await service.add(cleaned, granted, shop_id=shop)
        except SeveralShops as several:
            if code is not None:
                raise
            say(f"{several}\nType the id of one of them, and press enter:")
            integration = await service.add(cleaned, granted, shop_id=sys.stdin.readline().strip())
        if as_json:
            emit(as_json_row(integration.to_document()))
        else:
            shop_shown = f"{integration.shop.name} ({integration.shop.region})"
            say(f"Connected {shop_shown} as {integration.name!r}, enabled.")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("begin")
def begin(name: str, as_json: Json = False) -> None:
    """Print the consent address for a new integration, for scripts; finish with `add NAME --code ADDRESS`."""

    async def work(backend: "Backend") -> Exit:
        from core.services.authorisation import AuthorisationService

        begun = await AuthorisationService(backend).begin(name)
        if as_json:
            emit({"name": begun.name, "state": begun.state, "address": begun.address})
        else:
            sys.stdout.write(f"{begun.address}\n")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("reauthorise")
def reauthorise(name: str, code: Code = None, as_json: Json = False) -> None:
    """Give an integration a new authorisation of the same shop; name, mappings and settings stay."""

    async def work(backend: "Backend") -> Exit:
        from core.services.authorisation import AuthorisationService
        from core.services.integrations import IntegrationService

        service = AuthorisationService(backend)
        integration = await IntegrationService(backend).named(name)
        granted = await consent(service, code, lambda: service.begin_again(integration))
        renewed = await service.renew(integration.id, granted)
        if as_json:
            emit(as_json_row(renewed.to_document()))
        else:
            say(f"{renewed.name} is authorised until {local(granted.ends_at)}.")
        return Exit.OK

    with_backend(work, as_json=as_json)


async def consent(
    service: "AuthorisationService", code: str | None, begin: "Callable[[], Awaitable[Begun]]"
) -> "Granted":
    """The merchant's consent: from `code` when it is given, else by address and standard input (A7)."""
    if code is not None:
        return await service.accept(code)
    begun = await begin()
    say("Open this address in a browser, on any machine, and give consent:\n")
    say(f"  {begun.address}\n")
    say("Then paste the address that the browser ended on (or the code in it), and press enter:")
    return await service.accept(sys.stdin.readline(), state=begun.state)


@app.command("list")
def list_(as_json: Json = False) -> None:
    """List the integrations with their last syncs."""

    async def work(backend: "Backend") -> Exit:
        from core.services.integrations import IntegrationService

        rows = await IntegrationService(backend).overview()
        if as_json:
            emit([overview_json(row) for row in rows])
            return Exit.OK
        table(
            (
                "CHANNEL",
                "NAME",
                "SHOP",
                "REGION",
                "STATUS",
                "MAPPED",
                "ORDERS",
                "ORDER SYNC",
                "STOCK SYNC",
                "PRICE SYNC",
            ),
            [_overview_row(row) for row in rows],
            empty="No integration yet. Add one with: avasam integrations add NAME",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("enable")
def enable(name: str, as_json: Json = False) -> None:
    """Switch an integration on; what was missed meanwhile is caught up."""
    _switch(name, enabled=True, as_json=as_json)


@app.command("disable")
def disable(name: str, as_json: Json = False) -> None:
    """Switch an integration off: nothing is downloaded or sent for it; others go on."""
    _switch(name, enabled=False, as_json=as_json)


def _switch(name: str, *, enabled: bool, as_json: bool) -> None:
    async def work(backend: "Backend") -> Exit:
        from core.services.integrations import IntegrationService

        service = IntegrationService(backend)
        integration = await service.set_enabled((await service.named(name)).id, enabled=enabled)
        if as_json:
            emit(as_json_row(integration.to_document()))
        else:
            say(f"{integration.name} is {'enabled' if integration.enabled else 'disabled'}.")
        return Exit.OK

    with_backend(work, as_json=as_json)


def _overview_row(row: "Overview") -> tuple[str, ...]:
    from core.models.integration import SyncKind

    one = row.integration
    status = (
        "needs reauthorisation" if one.needs_reauthorisation else "enabled" if one.enabled else "disabled"
    )
    return (
        one.channel,
        one.name,
        one.shop.name,
        one.shop.region,
        status,
        str(row.mapped),
        str(row.orders),
        *(_last(row, kind) for kind in (SyncKind.ORDERS, SyncKind.STOCK, SyncKind.PRICE)),
    )


def _last(row: "Overview", kind: "SyncKind") -> str:
    state = row.syncs.get(kind)
    return local(None if state is None else state.last_finished_at)


def overview_json(row: "Overview") -> dict[str, Any]:
    """One row of the list as plain values."""
    return {
        **as_json_row(row.integration.to_document()),
        "mapped": row.mapped,
        "shipping_mapped": row.shipping_mapped,
        "orders": row.orders,
        "problems": row.problems,
        "authorised_until": row.authorised_until,
        "syncs": {kind.value: state.to_document() for kind, state in row.syncs.items()},
    }


def as_json_row(document: dict[str, Any]) -> dict[str, Any]:
    """An integration without what only this program needs."""
    shop = {name: value for name, value in document["shop"].items() if name != "cipher"}
    kept = {name: value for name, value in document.items() if name != "authorisation_id"}
    return {**kept, "shop": shop}
