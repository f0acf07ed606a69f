"""Our drafts as TikTok's bodies. A text that is empty is left out; amounts are decimal strings."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import TypedDict, TypeVar

from core.channel.listings import (
    Attribute,
    Certificate,
    DraftSku,
    ProductChanges,
    ProductDraft,
    Side,
    SizeChartRef,
)
from core.channel.tiktok import wire
from core.models.base import Money
from core.rules.price import WHOLE_CURRENCIES

One = TypeVar("One")
Made = TypeVar("Made")


class _Shared(TypedDict):
    brand_id: str | None
    package_weight: wire.WeightBody | None
    package_dimensions: wire.DimensionsBody | None
    product_attributes: tuple[wire.AttributeBody, ...] | None
    size_chart: wire.SizeChartBody | None
    manufacturer_ids: tuple[str, ...] | None
    responsible_person_ids: tuple[str, ...] | None


class _Required(_Shared):
    title: str
    description: str
    category_id: str
    main_images: tuple[wire.ImageRef, ...]
    skus: tuple[wire.SkuBody, ...]
    external_product_id: str | None
    certifications: tuple[wire.CertificationBody, ...] | None


def check_body(draft: ProductDraft) -> wire.ListingCheck:
    """The body of a dry run."""
    return wire.ListingCheck(**_required(draft))


def create_body(draft: ProductDraft, *, key: str, category_version: str | None) -> wire.CreateProduct:
    """The body of a create that may be repeated under its key."""
    return wire.CreateProduct(
        **_required(draft), idempotency_key=key, category_version=category_version, save_mode="LISTING"
    )


def edit_body(changes: ProductChanges, *, category_version: str | None) -> wire.PartialEdit:
    """The body of a partial edit: properties that are None are not sent, so they stay; empty lists empty."""
    return wire.PartialEdit(
        **_shared(changes),
        title=changes.title,
        description=changes.description,
        main_images=None if changes.image_uris is None else _images(changes.image_uris),
        skus=_each(_edited_sku, changes.skus),
        certifications=_each(_edited_certificate, changes.certificates),
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
    shared = _shared(draft)
    return {
        **shared,
        "product_attributes": shared["product_attributes"] or None,
        "manufacturer_ids": shared["manufacturer_ids"] or None,
        "responsible_person_ids": shared["responsible_person_ids"] or None,
        "title": draft.title,
        "description": draft.description,
        "category_id": draft.category_id,
        "main_images": _images(draft.image_uris),
        "skus": tuple(_sku(sku) for sku in draft.skus),
        "external_product_id": draft.external_id,
        "certifications": tuple(_certificate(one) for one in draft.certificates) or None,
    }


def _shared(what: ProductDraft | ProductChanges) -> _Shared:
    return {
        "brand_id": what.brand_id,
        "package_weight": None if what.weight_kg is None else _weight(what.weight_kg),
        "package_dimensions": None if what.size_cm is None else _size(what.size_cm),
        "product_attributes": _each(_attribute, what.attributes),
        "size_chart": None if what.size_chart is None else _size_chart(what.size_chart),
        "manufacturer_ids": _each(str, what.manufacturer_ids),
        "responsible_person_ids": _each(str, what.responsible_person_ids),
    }


def _each(body: Callable[[One], Made], rows: Sequence[One] | None) -> tuple[Made, ...] | None:
    """A list as it is sent; None stays None."""
    return None if rows is None else tuple(body(row) for row in rows)


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


def _edited_sku(sku: DraftSku) -> wire.EditedSku:
    return wire.EditedSku(**_sku(sku).model_dump(), id=sku.id)


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


def _size_chart(chart: SizeChartRef) -> wire.SizeChartBody:
    return wire.SizeChartBody(
        image=wire.ImageRef(uri=chart.image_uri) if chart.image_uri else None,
        template=wire.TemplateRef(id=chart.template_id) if chart.template_id else None,
    )


def _certificate(one: Certificate) -> wire.CertificationBody:
    """Of a create: the contract has texts for files there, and an id is the only text that names one."""
    return wire.CertificationBody(
        id=one.id,
        images=_images(one.image_uris) or None,
        files=tuple(file.id for file in one.files) or None,
        expiration_date=one.expires_at,
    )


def _edited_certificate(one: Certificate) -> wire.EditedCertification:
    return wire.EditedCertification(
        id=one.id,
        images=_images(one.image_uris) or None,
        files=tuple(wire.FileBody(id=file.id, name=file.name, format=file.format) for file in one.files)
        or None,
        expiration_date=one.expires_at,
    )


def _weight(kilograms: Decimal) -> wire.WeightBody:
    """Kilograms carry at most three decimals (§6)."""
    return wire.WeightBody(value=f"{kilograms.quantize(Decimal('0.001')):f}", unit="KILOGRAM")


def _size(centimetres: tuple[Decimal, Decimal, Decimal]) -> wire.DimensionsBody:
    length, width, height = (f"{side:f}" for side in centimetres)
    return wire.DimensionsBody(length=length, width=width, height=height, unit="CENTIMETER")
