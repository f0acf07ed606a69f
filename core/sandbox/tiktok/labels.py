"""What the platform carries itself: its services, when it collects, and its labels (tiktok-shop-api §9)."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from core.sandbox.calls import TABLE, Call
from core.sandbox.life import DAY, HOUR
from core.sandbox.model import Shop
from core.sandbox.tiktok.fulfilment import SCOPE, Carrier, open_lines, package_of
from core.sandbox.tiktok.orders import order_of
from core.sandbox.wire import Refusal

JSON = dict[str, Any]
DOCUMENTS: Final = ("SHIPPING_LABEL", "PACKING_SLIP", "SHIPPING_LABEL_AND_PACKING_SLIP")
GRAMS: Final = {"GRAM": Decimal(1), "POUND": Decimal("453.59237")}
HEAVIEST: Final = 30_000
"""Grams that a service takes (tiktok-shop-api §6)."""
WINDOWS: Final = ((9, 13), (13, 17))
RATES: Final = (("2.45", 2, 4), ("3.95", 1, 2))


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the platform's: what it costs, how many days it takes, and who carries it."""

    id: str
    name: str
    price: str
    days: tuple[int, int]
    provider: dict[str, str]

    def carrier(self, package_id: str) -> Carrier:
        """The carrier of a package with its label's number."""
        return Carrier(self.provider["id"], self.provider["name"], f"TT{package_id[-12:]}")


def services_of(shop: Shop) -> list[Service]:
    """The platform's services in a shop, the default one first."""
    options = (option for warehouse in shop.warehouses for option in warehouse.options)
    providers = next((option.providers for option in options if option.providers), [])
    return [
        Service(f"71{provider['id'][2:]}", f"{provider['name']} by TikTok", price, (least, most), provider)
        for provider, (price, least, most) in zip(providers, RATES, strict=False)
    ]


def service_for(call: Call, body: JSON) -> Service:
    """The service that was chosen, else the default one. Refusals 98001004 and 21011037."""
    if _is_too_heavy(body):
        raise Refusal(21011037, "No shipping service is available for this weight")
    services, wanted = services_of(call.shop), body.get("shipping_service_id")
    found = next((one for one in services if wanted in {None, "", one.id}), None)
    if found is None:
        raise Refusal(98001004, "Invalid 'shipping_service_id' parameter")
    return found


def service_view(call: Call, service: Service) -> JSON:
    """A service as Create Packages answers it."""
    return {
        "id": service.id,
        "name": service.name,
        "price": service.price,
        "currency": call.shop.currency,
        "earliest_delivery_days": service.days[0],
        "latest_delivery_days": service.days[1],
        "shipping_provider_id": service.provider["id"],
        "shipping_provider_name": service.provider["name"],
    }


@TABLE.operation("getEligibleShippingServices", scope=SCOPE)
def eligible_services(call: Call) -> JSON:
    """The platform's services for lines of an order: none for what its seller ships, or is too heavy."""
    order = order_of(call, call.path["order_id"])
    named = [entry.get("order_line_id", "") for entry in call.body.get("order_line_list", ())]
    lines = open_lines(order, call.body.get("order_line_item_ids") or named, by_platform=True)
    offered = [] if _is_too_heavy(call.body) or order.shipping_type == "SELLER" else services_of(call.shop)
    return {
        "order_id": order.id,
        "order_line_id": [line.id for line in lines],
        "shipping_services": [
            {**service_view(call, service), "is_default": place == 0, "shipping_fee": service.price}
            for place, service in enumerate(offered)
        ],
        **{name: call.body[name] for name in ("dimension", "weight") if call.body.get(name)},
    }


@TABLE.operation("getPackageHandoverTimeSlots", scope=SCOPE)
def slots(call: Call) -> JSON:
    """When the platform's carrier comes: never for what the seller ships."""
    parcel = package_of(call, call.path["package_id"])
    if not parcel.by_platform:
        return {"can_pickup": False, "can_drop_off": False, "can_van_collection": False, "pickup_slots": []}
    return {
        "can_pickup": True,
        "can_drop_off": True,
        "can_van_collection": False,
        "pickup_slots": [{**slot, "avaliable": True} for slot in pickup_slots(call.sandbox.now())],
    }


@TABLE.operation("getPackageShippingDocument", scope=SCOPE)
def document(call: Call) -> JSON:
    """Where the platform's label is. Refusal 21011029 for what the seller ships, 21001001 before its time."""
    parcel = package_of(call, call.path["package_id"])
    kind = call.query["document_type"]
    if kind not in DOCUMENTS:
        raise Refusal(98001004, f"Invalid 'document_type' parameter: one of {', '.join(DOCUMENTS)}")
    if not parcel.by_platform:
        raise Refusal(21011029, "The package is shipped by its seller: TikTok has no document for it")
    if not parcel.has_left:
        raise Refusal(21001001, "The package has no document yet: ship it first")
    form = call.query.get("document_format", "PDF").lower()
    address = f"{call.sandbox.base_url}/documents/{kind.lower()}/{parcel.id}.{form}"
    return {"doc_url": address, "tracking_number": parcel.lines[0].tracking_number}


def handover(call: Call, body: JSON) -> JSON:
    """How the platform gets a package, as Ship Package says it. Refusal 21001001 for another time."""
    method, slot = body.get("handover_method", "DROP_OFF"), body.get("pickup_slot")
    if method == "DROP_OFF":
        return {"handover_method": method}
    if slot not in pickup_slots(call.sandbox.now()):
        raise Refusal(21001001, "Invalid 'pickup_slot': take one of Get Package Handover Time Slots")
    return {"handover_method": method, "pickup_slot": slot}


def pickup_slots(now: int) -> list[dict[str, int]]:
    """Mornings and afternoons of the next three days, in Unix seconds."""
    days = range(now - now % DAY + DAY, now + 3 * DAY + 1, DAY)
    return [
        {"start_time": day + start * HOUR, "end_time": day + end * HOUR}
        for day in days
        for start, end in WINDOWS
    ]


def _is_too_heavy(body: JSON) -> bool:
    weight = body.get("weight")
    if not weight:
        return False
    try:
        value = Decimal(weight["value"])
    except InvalidOperation:
        value = Decimal(0)
    if not value.is_finite() or value <= 0:
        raise Refusal(98001004, "Invalid 'weight.value' parameter: a positive decimal is expected")
    if weight["unit"] not in GRAMS:
        raise Refusal(98001004, f"Invalid 'weight.unit' parameter: one of {', '.join(GRAMS)}")
    return value * GRAMS[weight["unit"]] > HEAVIEST
