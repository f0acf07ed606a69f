"""`avasam integrations show|settings|remove`: one integration."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.integrations import overview_json
from tui.commands.options import Json
from tui.commands.output import Exit, emit, fail, local, say
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration, IntegrationSettings
    from core.models.listing import ShippingMapping
    from core.services.integration_settings import Effect, SettingsChange
    from core.services.integrations import Overview
    from core.services.removal import Going

Limit = Annotated[str | None, typer.Option(metavar="N|none", help="Whole units; none means no limit.")]
Switch = Annotated[bool | None, typer.Option(help="On or off; unchanged when left out.")]


def show(name: str, as_json: Json = False) -> None:
    """Everything about one integration: shop, authorisation, syncs, settings, mappings."""

    async def work(backend: "Backend") -> Exit:
        from core import tables
        from core.models.listing import ShippingMapping
        from core.services.integrations import IntegrationService

        service = IntegrationService(backend)
        integration = await service.named(name)
        row = next(one for one in await service.overview() if one.integration.id == integration.id)
        prefix = tables.prefix(integration.id)
        pairs = [
            ShippingMapping.from_document(pair)
            async for _, pair in backend.store.scan(tables.SHIPPING_MAPPINGS, prefix=prefix)
        ]
        if as_json:
            shipping = [{"option": one.delivery_option_name, "service": one.service} for one in pairs]
            emit({**overview_json(row), "shipping": shipping})
        else:
            _tell(row, pairs)
        return Exit.OK

    with_backend(work, as_json=as_json)


def settings(
    name: str,
    stock_update: Switch = None,
    price_update: Switch = None,
    max_quantity: Limit = None,
    stock_threshold: Limit = None,
    exclude_non_avasam: Switch = None,
    split_unknown: Switch = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would change at the shop, and save nothing.")
    ] = False,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Save although the mass-change guard would stop the next sync.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show or change the additional settings; the effect on the shop is printed with them.

    A change that the mass-change guard would stop is saved only with --confirm (exit code 3 without).
    """

    async def work(backend: "Backend") -> Exit:
        from core.services.integration_settings import SettingsService, read_units
        from core.services.integrations import IntegrationService

        change: SettingsChange = {}
        if stock_update is not None:
            change["stock_update"] = stock_update
        if price_update is not None:
            change["price_update"] = price_update
        if exclude_non_avasam is not None:
            change["exclude_non_avasam"] = exclude_non_avasam
        if split_unknown is not None:
            change["split_unknown"] = split_unknown
        if max_quantity is not None:
            change["max_quantity"] = read_units(max_quantity)
        if stock_threshold is not None:
            change["stock_threshold"] = read_units(stock_threshold)
        service = SettingsService(backend)
        integration = await IntegrationService(backend).named(name)
        effect = await service.effect(integration, change)
        asks = effect.stopped is not None and bool(change) and not confirm
        saves = bool(change) and not dry_run and not asks
        if saves:
            await service.save(integration.id, change)
        if as_json:
            emit(_effect_json(effect, saved=saves))
        else:
            _tell_settings(effect, change, saved=saves)
        return Exit.NEEDS_CONFIRMATION if asks and not dry_run else Exit.OK

    with_backend(work, as_json=as_json)


def remove(
    name: str,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Really remove it (exit code 3 without).")
    ] = False,
    as_json: Json = False,
) -> None:
    """Remove an account: its tokens, settings, mappings and listing drafts go, its order history stays.

    TikTok's own listings are not touched. Without --confirm it only counts what would go.
    """

    async def work(backend: "Backend") -> Exit:
        from core.services.integrations import IntegrationService
        from core.services.removal import RemovalService

        service = RemovalService(backend)
        integration = await IntegrationService(backend).named(name)
        going = await service.going(integration)
        if confirm:
            await service.remove(integration.id)
        if as_json:
            emit({"name": integration.name, "removed": confirm, **_going_json(going)})
        elif confirm:
            kept = count_of(going.orders_kept, "order stays", "orders stay")
            say(f"{integration.name} is removed; {kept} as history.")
        else:
            fail(
                f"Nothing was removed. {_going(integration, going)}", "Repeat with --confirm.", as_json=False
            )
        return Exit.OK if confirm else Exit.NEEDS_CONFIRMATION

    with_backend(work, as_json=as_json)


def _tell(row: "Overview", pairs: "list[ShippingMapping]") -> None:
    one = row.integration
    print(f"{one.name}: TikTok Shop {one.shop.name} ({one.shop.region}, id {one.shop.id})")
    print(f"  status           {'enabled' if one.enabled else 'disabled'}")
    if one.needs_reauthorisation is not None:
        print(f"  authorisation    needs reauthorisation: {one.needs_reauthorisation}")
    else:
        print(f"  authorisation    ends {local(row.authorised_until)}")
    for kind, state in row.syncs.items():
        print(
            f"  {kind.value + ' sync':<16} {local(state.last_finished_at)}  {state.last_error or ''}".rstrip()
        )
    print(f"  orders           {row.orders}")
    print(f"  SKU mapping      {row.mapped} channel SKUs mapped")
    print(f"  shipping mapping {len(pairs)} delivery options mapped")
    for pair in pairs:
        print(f"    {pair.delivery_option_name or pair.delivery_option_id} -> {pair.service}")
    _print_settings(one.settings)


def _tell_settings(effect: "Effect", change: "SettingsChange", *, saved: bool) -> None:
    from tui.words.settings import summary, worst

    _print_settings(effect.settings)
    if not change:
        return
    say("Saved. The next sync sends:" if saved else "Not saved. The next sync would send:")
    for line in (*summary(effect), *worst(effect)):
        say(f"  {line}")


def _print_settings(settings: "IntegrationSettings") -> None:
    from tui.words.settings import LABELS, mixed_orders, non_avasam_orders, yes_no

    for field, label in LABELS.items():
        print(f"  {label:<30} {yes_no(getattr(settings, field))}")
    print(f"  {non_avasam_orders(settings)}")
    print(f"  {mixed_orders(settings)}")


def _effect_json(effect: "Effect", *, saved: bool) -> dict[str, object]:
    stopped = effect.stopped
    return {
        "settings": effect.settings.to_document(),
        "saved": saved,
        "mapped": effect.mapped,
        "stopped": None if stopped is None else stopped.what,
        **{
            name: {
                "on": aspect.switched_on,
                "changes": aspect.changes,
                "to_zero": aspect.to_zero,
                "skipped": dict(aspect.skipped or {}),
                "worst": [
                    {"sku": one.avasam_sku, "before": one.confirmed, "after": one.desired}
                    for one in aspect.worst
                ],
            }
            for name, aspect in (("stock", effect.stock), ("price", effect.price))
        },
    }


def _going(integration: "Integration", going: "Going") -> str:
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in _going_json(going).items())
    return f"{integration.name} ({integration.shop.name}) has {counts}"


def _going_json(going: "Going") -> dict[str, int]:
    return {
        "sku_mappings": going.sku_mappings,
        "shipping_mappings": going.shipping_mappings,
        "listings": going.listings,
        "pricing_rules": going.pricing_rules,
        "jobs": going.jobs,
        "orders_kept": going.orders_kept,
    }
