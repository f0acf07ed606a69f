"""Where the simulated shops keep and send their goods: warehouses, delivery options, shipping providers."""

from typing import Any, Final

from core.sandbox.ids import new_id
from core.sandbox.model import DeliveryOption, Warehouse, World

OPTIONS: Final = {
    "GB": (
        ("Standard Delivery", "SEND_BY_SELLER", False),
        ("Royal Mail Tracked 24", "NEXTDAY", False),
        ("Economy Delivery", "ECONOMY", False),
        ("Shipped via TikTok Standard", "STANDARD", True),
    ),
    "US": (
        ("Seller Standard Shipping", "SEND_BY_SELLER", False),
        ("Seller Expedited Shipping", "EXPRESS", False),
        ("TikTok Shipping Standard", "STANDARD", True),
    ),
}
PROVIDERS: Final = {
    "GB": ("Royal Mail", "Evri", "DPD UK", "Parcelforce", "Yodel"),
    "US": ("USPS", "UPS", "FedEx", "OnTrac"),
}
PLACES: Final = {
    "GB": (
        ("Trafford Unit", "4 Larkspur Way", "Manchester", "Greater Manchester", "M17 1ZZ"),
        ("Avonmouth Unit", "Unit 9, Tern Quay", "Bristol", "Avon", "BS11 9ZZ"),
        ("Old Mill (closed)", "Old Mill, Weir Lane", "Leeds", "West Yorkshire", "LS9 9ZZ"),
    ),
    "US": (
        ("Columbus DC", "100 Sample Parkway", "Columbus", "Ohio", "43004"),
        ("Reno DC", "200 Sample Drive", "Reno", "Nevada", "89501"),
        ("Old Tampa DC (closed)", "300 Sample Court", "Tampa", "Florida", "33601"),
    ),
}


def open_warehouses(world: World, region: str) -> list[Warehouse]:
    """Two places that sell (the first is the default), one closed, and the first place again for returns."""
    options = _options(world, region)
    warehouses = []
    for place, role in ((0, "default"), (1, "second"), (2, "closed"), (0, "returns")):
        name, street, city, state, postcode = PLACES[region][place]
        warehouses.append(
            Warehouse(
                id=new_id(world, "warehouse"),
                entity_id=f"{world.seed}{region}{place}",
                name=name,
                type="RETURN_WAREHOUSE" if role == "returns" else "SALES_WAREHOUSE",
                is_default=role == "default",
                effect_status="DISABLED" if role == "closed" else "ENABLED",
                address=_address(region, street, city, state, postcode),
                options=options if role in ("default", "second") else [],
            )
        )
    return warehouses


def selling(warehouses: list[Warehouse]) -> list[Warehouse]:
    """The warehouses that hold stock for sale, the default one first."""
    open_for_sale = (w for w in warehouses if w.type == "SALES_WAREHOUSE" and w.effect_status == "ENABLED")
    return sorted(open_for_sale, key=lambda warehouse: not warehouse.is_default)


def _options(world: World, region: str) -> list[DeliveryOption]:
    providers = [{"id": new_id(world, "provider"), "name": name} for name in PROVIDERS[region]]
    return [
        DeliveryOption(new_id(world, "option"), name, kind, platform_run, [] if platform_run else providers)
        for name, kind, platform_run in OPTIONS[region]
    ]


def _address(region: str, street: str, city: str, state: str, postcode: str) -> dict[str, Any]:
    country = {"GB": "United Kingdom", "US": "United States"}[region]
    return {
        "region": country,
        "state": state,
        "city": city,
        "contact_person": "Despatch Desk",
        "postal_code": postcode,
        "full_address": f"{street}, {city}, {state}, {postcode}, {country}",
        "region_code": region,
        "phone_number": {"GB": "(+44)1632960001", "US": "(+1)2125550100"}[region],
        "address_line1": street,
    }
