"""`avasam shipping`: delivery options of a shop, Avasam's services, and the pairs between them."""

from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import IntegrationName, Json
from tui.commands.output import Exit, emit, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.backend import Backend
    from core.models.integration import Integration
    from core.services.shipping_mapping import Option

app = typer.Typer(help="Which Avasam service each delivery option means.", no_args_is_help=True)

OptionName = Annotated[str, typer.Argument(metavar="OPTION", help="A delivery option, by id or name.")]


@app.command("list")
def list_(integration: IntegrationName = None, as_json: Json = False) -> None:
    """List the shop's delivery options with their services."""

    async def work(backend: "Backend") -> Exit:
        from core.services.shipping_mapping import ShippingMappingService

        shop = await _shop(backend, integration)
        rows = await ShippingMappingService(backend).options(shop)
        if as_json:
            emit([_as_json(row) for row in rows])
        else:
            _table(rows, empty="The shop offers no delivery option.")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("check")
def check(integration: IntegrationName = None, as_json: Json = False) -> None:
    """Name the options that need a service and have none; exit code 1 when there is one."""

    async def work(backend: "Backend") -> Exit:
        from core.services.shipping_mapping import ShippingMappingService

        shop = await _shop(backend, integration)
        rows = await ShippingMappingService(backend).check(shop)
        if as_json:
            emit([_as_json(row) for row in rows])
        else:
            _table(rows, empty="Every delivery option that needs a service has one.")
        return Exit.FAILED if rows else Exit.OK

    with_backend(work, as_json=as_json)


@app.command("set")
def set_(
    option: OptionName,
    service: Annotated[str, typer.Argument(metavar="SERVICE", help="The service as Avasam spells it.")],
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Map a delivery option to a service; held orders go once they are released (avasam orders release)."""
    _change(option, service, integration, as_json=as_json)


@app.command("unset")
def unset(option: OptionName, integration: IntegrationName = None, as_json: Json = False) -> None:
    """Take a mapping away; orders downloaded from then on are held."""
    _change(option, None, integration, as_json=as_json)


@app.command("services")
def services(
    add: Annotated[list[str] | None, typer.Option("--add", help="Put a name on the list.")] = None,
    remove: Annotated[list[str] | None, typer.Option("--remove", help="Take a name off the list.")] = None,
    seed: Annotated[bool, typer.Option("--seed", help="Add the names in Avasam's latest orders.")] = False,
    as_json: Json = False,
) -> None:
    """The kept list of Avasam's shipping services; Avasam itself lists them nowhere."""

    async def work(backend: "Backend") -> Exit:
        from core.services.shipping_mapping import ShippingMappingService

        service = ShippingMappingService(backend)
        for name in add or ():
            await service.add_service(name)
        for name in remove or ():
            await service.remove_service(name)
        names = await service.seed_services() if seed else await service.services()
        if as_json:
            emit(names)
        else:
            table(("SERVICE",), [(name,) for name in names], empty="No service yet: --add NAME, or --seed")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("carrier")
def carrier(
    name: Annotated[str, typer.Argument(metavar="CARRIER", help="The carrier as Avasam names it.")],
    provider: Annotated[str, typer.Argument(metavar="PROVIDER", help="TikTok's provider, by id or name.")],
    integration: IntegrationName = None,
    as_json: Json = False,
) -> None:
    """Remember which of TikTok's shipping providers a carrier's name means."""

    async def work(backend: "Backend") -> Exit:
        from core.services.shipping_mapping import ShippingMappingService

        shop = await _shop(backend, integration)
        chosen = await ShippingMappingService(backend).choose_carrier(shop, name, provider)
        if as_json:
            emit(chosen.to_document())
        else:
            say(f"{chosen.carrier} is {chosen.provider_name} on {shop.name}.")
        return Exit.OK

    with_backend(work, as_json=as_json)


def _change(option: str, service: str | None, name: str | None, *, as_json: bool) -> None:
    async def work(backend: "Backend") -> Exit:
        from core.services.errors import NotFound
        from core.services.shipping_mapping import ShippingMappingService

        shop = await _shop(backend, name)
        mappings = ShippingMappingService(backend)
        options = await mappings.options(shop)
        found = [one for one in options if option in (one.id, one.name)]
        if len(found) != 1:
            there = ", ".join(f"{one.name!r} ({one.id})" for one in options) or "none"
            what = "Several delivery options are" if found else "There is no delivery option"
            raise NotFound(f"{what} named {option!r}", f"Options: {there}.")
        chosen = found[0]
        changed = await mappings.save(shop, {chosen.id: service}, names={chosen.id: chosen.name})
        if as_json:
            emit({"option": chosen.id, "name": chosen.name, "service": service, "changed": changed})
        elif service is None:
            say(f"{chosen.name} has no service now.")
        else:
            say(f"{chosen.name} goes by {service}.")
            if chosen.waiting:
                say(f"{chosen.waiting} held orders wait for it: avasam orders release --all")
        return Exit.OK

    with_backend(work, as_json=as_json)


async def _shop(backend: "Backend", name: str | None) -> "Integration":
    """The named integration, or the only one there is."""
    from core.services.integrations import IntegrationService

    return await IntegrationService(backend).named_or_only(name)


def _table(rows: "Sequence[Option]", *, empty: str) -> None:
    table(
        ("ID", "OPTION", "TYPE", "CARRIERS", "SERVICE", "WAITING"),
        [
            (
                row.id,
                row.name,
                row.kind if row.offered else "no longer offered",
                ", ".join(name for _, name in row.carriers) or "TikTok itself",
                row.service or ("-" if row.ours else "not needed"),
                str(row.waiting),
            )
            for row in rows
        ],
        empty=empty,
    )


def _as_json(row: "Option") -> dict[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "type": row.kind,
        "carriers": [{"id": key, "name": name} for key, name in row.carriers],
        "service": row.service,
        "needs_service": row.ours,
        "offered": row.offered,
        "waiting": row.waiting,
    }
