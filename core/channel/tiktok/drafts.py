"""Our drafts as TikTok's bodies. A text that is empty is left out; amounts are decimal strings."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

from core.channel.listings import Attribute, DraftSku, ProductChanges, ProductDraft, Side
from core.channel.tiktok import wire
from core.models.base import Money
from core.rules.price import WHOLE_CURRENCIES


class _Shared(TypedDict):
    brand_id: str | None
    package_weight: wire.WeightBody | None
    package_dimensions: wire.DimensionsBody | None
    product_attributes: tuple[wire.AttributeBody, ...] | None


class _Required(_Shared):
    title: str
    description: str
    category_id: str
    main_images: tuple[wire.ImageRef, ...]
    skus: tuple[wire.SkuBody, ...]
    external_product_id: str | None


def check_body(draft: ProductDraft) -> wire.ListingCheck:
    """The body of a dry run."""
    return wire.ListingCheck(**_required(draft))


def create_body(draft: ProductDraft, *, key: str, category_version: str | None) -> wire.CreateProduct:
    """The body of a create that may be repeated under its key."""
    return wire.CreateProduct(
        **_required(draft), idempotency_key=key, category_version=category_version, save_mode="LISTING"
    )


def edit_body(changes: ProductChanges, *, category_version: str | None) -> wire.PartialEdit:
    """The body of a partial edit: properties that are None are not sent, so they stay."""
    return wire.PartialEdit(
        **_shared(changes),
        title=changes.title,
        description=changes.description,
        main_images=None if changes.image_uris is None else _images(changes.image_uris),
        skus=None
        if changes.skus is None
        else tuple(wire.EditedSku(**_sku(sku).model_dump(), id=sku.id) for sku in changes.skus),
        category_version=category_version,
    )


def amount_body(price: Money) -> wire.AmountBody:
    """A price as a decimal string; one without pennies, such as 72000 VND, is written without any."""
    whole = price.amount == price.amount.to_integral_value()
    idle = whole and price.currency in WHOLE_CURRENCIES
    return wire.AmountBody(
        amount=f"{price.amount:.0f}" if idle else f"{price.amount:f}", currency=price.currency
    )


def _required(draft: ProductDraft) -> _Required:
    return {
        **_shared(draft),
        "title": draft.title,
        "description": draft.description,
        "category_id": draft.category_id,
        "main_images": _images(draft.image_uris),
        "skus": tuple(_sku(sku) for sku in draft.skus),
        "external_product_id": draft.external_id,
    }


def _shared(what: ProductDraft | ProductChanges) -> _Shared:
    return {
        "brand_id": what.brand_id,
        "package_weight": None if what.weight_kg is None else _weight(what.weight_kg),
        "package_dimensions": None if what.size_cm is None else _size(what.size_cm),
        "product_attributes": tuple(_attribute(row) for row in what.attributes) if what.attributes else None,
    }


def _images(uris: Sequence[str]) -> tuple[wire.ImageRef, ...]:
    return tuple(wire.ImageRef(uri=uri) for uri in uris)


def _sku(sku: DraftSku) -> wire.SkuBody:
    return wire.SkuBody(
        inventory=tuple(
            wire.WarehouseQuantity(warehouse_id=warehouse, quantity=quantity)
            for warehouse, quantity in sku.quantities.items()
        ),
        price=amount_body(sku.price),
        sales_attributes=tuple(_side(side) for side in sku.sides) or None,
        seller_sku=sku.seller_sku or None,
        identifier_code=wire.IdentifierCode(code=sku.ean, type="EAN") if sku.ean else None,
    )


def _side(side: Side) -> wire.SideBody:
    return wire.SideBody(
        id=side.attribute_id,
        name=None if side.attribute_id else side.name,
        value_id=side.value_id,
        value_name=None if side.value_id else side.value,
        sku_img=wire.ImageRef(uri=side.image_uri) if side.image_uri else None,
    )


def _attribute(attribute: Attribute) -> wire.AttributeBody:
    known = tuple(wire.AttributeValueBody(id=value) for value in attribute.value_ids)
    own = tuple(wire.AttributeValueBody(name=value) for value in attribute.value_names)
    return wire.AttributeBody(id=attribute.id, values=known + own)


def _weight(kilograms: Decimal) -> wire.WeightBody:
    """Kilograms carry at most three decimals (§6)."""
    return wire.WeightBody(value=f"{kilograms.quantize(Decimal('0.001')):f}", unit="KILOGRAM")


def _size(centimetres: tuple[Decimal, Decimal, Decimal]) -> wire.DimensionsBody:
    length, width, height = (f"{side:f}" for side in centimetres)
    return wire.DimensionsBody(length=length, width=width, height=height, unit="CENTIMETER")
