"""Orders of the simulated shops: one function makes any of them, in any shape."""

import random
from collections.abc import Sequence
from typing import Any, Final

from core.sandbox.buyers import make_account, make_recipient
from core.sandbox.ids import new_id
from core.sandbox.life import DAY, HOUR, PACKAGE_STATUS, schedule_next
from core.sandbox.model import DeliveryOption, OrderLine, Shop, ShopOrder, ShopSku, World
from core.sandbox.money import charge, discounted
from core.sandbox.picking import Picker
from core.sandbox.shapes import SHAPES as RECIPES
from core.sandbox.shapes import Shape
from core.sandbox.stock import commit, find_sku, ship
from core.sandbox.warehouses import PROVIDERS, selling

__all__ = ["SHAPES", "new_order", "seed_orders"]

SHAPES: Final[tuple[str, ...]] = tuple(RECIPES)
STATUSES: Final = (
    "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION",
    "IN_TRANSIT", "DELIVERED", "COMPLETED", "CANCELLED",
)  # fmt: skip
GONE: Final = ("IN_TRANSIT", "DELIVERED", "COMPLETED")
SENT: Final = ("AWAITING_COLLECTION", *GONE)
FIELDS: Final = ("fulfillment_type", "shipping_type", "warehouse_id")
EXTRA: Final = (
    "user_id", "buyer_email", "buyer_nickname", "buyer_message", "seller_note", "order_type", "cancel_reason",
    "is_sample_order", "is_replacement_order", "replaced_order_id", "is_exchange_order", "is_cod",
    "is_buyer_request_cancel", "is_subscription_order", "has_updated_recipient_address",
)  # fmt: skip
AGE: Final = {"ON_HOLD": HOUR // 2, "UNPAID": HOUR, "DELIVERED": 3 * DAY, "COMPLETED": 8 * DAY}
"""How old, at most, a seeded order of a status is; others are up to two days old."""


def new_order(
    world: World,
    shop: Shop,
    *,
    now: int,
    rng: random.Random,
    shape: str | None = None,
    **overrides: Any,
) -> ShopOrder:
    """A new order in the shop; its stock is committed (quantity down, committed up).

    `shape` is one of SHAPES, by chance when None. `overrides`: `status`; `sku_ids`, one per unit;
    `delivery_option_id` ("" for none); `created` (Unix seconds); a field of the recipient's address; a field
    in FIELDS or EXTRA. ValueError for an unknown shape, status, SKU, option or override.
    """
    return _make(world, shop, Picker(world, shop), now, rng, shape, overrides)


def seed_orders(world: World, shops: Sequence[Shop], count: int, rng: random.Random, now: int) -> None:
    """The orders a new world starts with: four of five in the first shop, the oldest first."""
    pickers = {shop.id: Picker(world, shop) for shop in shops}
    drafts = []
    for _ in range(count):
        shop = shops[0] if rng.random() < 0.8 else rng.choice(shops)
        shape = _by_chance(rng)
        age = AGE.get(RECIPES[shape].status, 2 * DAY)
        drafts.append((now - rng.randint(age // 10, age), shop, shape))
    for created, shop, shape in sorted(drafts, key=lambda draft: draft[0]):
        _make(world, shop, pickers[shop.id], now, rng, shape, {"created": created})


def _by_chance(rng: random.Random) -> str:
    return rng.choices(SHAPES, [shape.weight for shape in RECIPES.values()])[0]


def _make(
    world: World,
    shop: Shop,
    picker: Picker,
    now: int,
    rng: random.Random,
    shape_name: str | None,
    overrides: dict[str, Any],
) -> ShopOrder:
    shape = RECIPES.get(shape_name or _by_chance(rng))
    if shape is None:
        raise ValueError(f"no order shape is called {shape_name!r}; there are {', '.join(SHAPES)}")
    rest = dict(overrides)
    status = str(rest.pop("status", shape.status))
    if status not in STATUSES:
        raise ValueError(f"no order status is called {status!r}; there are {', '.join(STATUSES)}")
    created = int(rest.pop("created", now))
    skus = _chosen(shop, rest.pop("sku_ids", None)) or picker.pick(rng, shape.goods)
    option = _option(shop, shape, rest.pop("delivery_option_id", None), rng)
    order = ShopOrder(
        id=new_id(world, "order"),
        status=status,
        create_time=created,
        update_time=min(now, created + 60),
        lines=[_line(world, shop, shape, sku, status, created, rng) for sku in skus],
        currency=shop.currency,
        warehouse_id=selling(shop.warehouses)[0].id,
        delivery_option_id=option.id if option else "",
        delivery_option_name=option.name if option else "",
        recipient=make_recipient(rng, shop.region, masked=shape.platform_ships),
        fulfillment_type=shape.fulfilment,
        shipping_type="TIKTOK" if shape.platform_ships else "SELLER",
        extra=make_account(rng) | _times(status, created) | _oddities(shop, shape, created),
    )
    if shape.title is not None:
        order.extra["buyer_message"] = shape.title[:500]
        order.recipient["address_line2"] = shape.title[:60]
    _override(order, rest)
    _send(world, shop, order, option, rng)
    charge(order, shop.region, rng)
    shop.orders[order.id] = order
    if order.fulfillment_type == "FULFILLMENT_BY_SELLER" and status != "CANCELLED":
        commit(shop, order)
    if status in GONE:
        ship(shop, order)
    schedule_next(world, shop, order, created)
    return order


def _chosen(shop: Shop, sku_ids: Sequence[str] | None) -> list[ShopSku]:
    chosen = []
    for sku_id in sku_ids or ():
        sku = find_sku(shop, sku_id)
        if sku is None:
            raise ValueError(f"{shop.name} has no SKU with id {sku_id}")
        chosen.append(sku)
    return chosen


def _option(shop: Shop, shape: Shape, wanted: str | None, rng: random.Random) -> DeliveryOption | None:
    options = selling(shop.warehouses)[0].options
    if wanted:
        found = next((option for option in options if option.id == wanted), None)
        if found is None:
            raise ValueError(f"{shop.name} has no delivery option with id {wanted}")
        return found
    if wanted == "" or not shape.option:
        return None
    fitting = [option for option in options if option.platform_run is shape.platform_ships]
    return rng.choices(fitting, range(len(fitting), 0, -1))[0]


def _line(
    world: World, shop: Shop, shape: Shape, sku: ShopSku, status: str, created: int, rng: random.Random
) -> OrderLine:
    product = shop.products[shop.by_sku[sku.id]]
    price, original = ("0.00", sku.price) if shape.free else discounted(sku.price, rng)
    return OrderLine(
        id=new_id(world, "line"),
        product_id=product.id,
        sku_id=sku.id,
        seller_sku=sku.seller_sku,
        product_name=product.title if shape.title is None else shape.title,
        sku_name=", ".join(one.value_name for one in sku.sales_attributes) or "Default",
        price=price,
        display_status="AWAITING_SHIPMENT" if status in ("ON_HOLD", "PARTIALLY_SHIPPING") else status,
        package_status=PACKAGE_STATUS.get(status, "TO_FULFILL"),
        extra={"original_price": original} | shape.line | ({"rts_time": created} if status in SENT else {}),
    )


def _times(status: str, created: int) -> dict[str, Any]:
    """When it was paid and by when what must be done (§8); an unpaid order has no deadlines yet."""
    if status == "UNPAID":
        return {}
    times: dict[str, Any] = {
        "paid_time": created,
        "payment_method_name": "Credit/Debit Card",
        "rts_sla_time": created + 2 * DAY,
        "tts_sla_time": created + 3 * DAY,
        "shipping_due_time": created + 2 * DAY,
        "collection_due_time": created + 3 * DAY,
        "delivery_due_time": created + 9 * DAY,
        "cancel_order_sla_time": created + 5 * DAY,
    }
    if status in SENT:
        times["rts_time"] = created + HOUR
    if status in GONE:
        times["collection_time"] = created + 6 * HOUR
    if status in ("DELIVERED", "COMPLETED"):
        times["delivery_time"] = created + 2 * DAY
    if status == "CANCELLED":
        times |= {
            "cancel_time": created + 60,
            "cancel_reason": "No longer needed",
            "cancellation_initiator": "BUYER",
        }
    return times


def _oddities(shop: Shop, shape: Shape, created: int) -> dict[str, Any]:
    """What the shape says, and what goes with it: which order is replaced, when the buyer asked to cancel."""
    extra = dict(shape.extra)
    before = next(reversed(shop.orders), "")
    if extra.get("is_replacement_order"):
        extra["replaced_order_id"] = before
    if extra.get("is_exchange_order"):
        extra["exchange_source_order_id"] = before
    if extra.get("is_buyer_request_cancel"):
        extra |= {"request_cancel_time": created + 120, "cancel_reason": "Ordered by mistake"}
    return extra


def _override(order: ShopOrder, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if name in FIELDS:
            setattr(order, name, value)
        elif name in order.recipient:
            order.recipient[name] = value
        elif name in EXTRA:
            order.extra[name] = value
        else:
            raise ValueError(f"an order has no field {name!r} that can be set")


def _send(
    world: World, shop: Shop, order: ShopOrder, option: DeliveryOption | None, rng: random.Random
) -> None:
    """Give the lines that are on their way a package, a carrier and a tracking number."""
    lines = order.lines if order.status in SENT else []
    if order.status == "PARTIALLY_SHIPPING":
        lines = order.lines[:1]
    if not lines:
        return
    package = new_id(world, "package")
    carriers = option.providers if option and option.providers else []
    carrier = carriers[0] if carriers else {"id": "", "name": PROVIDERS[shop.region][0]}
    tracking = f"SBX{rng.randrange(10**9):09d}{shop.region}"
    for line in lines:
        line.package_id, line.tracking_number = package, tracking
        line.shipping_provider_id, line.shipping_provider_name = carrier["id"], carrier["name"]
        if order.status == "PARTIALLY_SHIPPING":
            line.display_status, line.package_status = "IN_TRANSIT", PACKAGE_STATUS["IN_TRANSIT"]
