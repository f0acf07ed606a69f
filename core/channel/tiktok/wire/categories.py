"""The category tree and what each category asks of a listing."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Body, Id, Page, Reply


class CategoryWire(Reply):
    """One node; roots have the parent "0"."""

    id: Id
    parent_id: Id = ""
    local_name: Annotated[str, LOOSE] = ""
    is_leaf: bool = False
    permission_statuses: tuple[str, ...] = ()


class Categories(Reply):
    """GET /product/202309/categories."""

    categories: Annotated[tuple[CategoryWire, ...], EACH] = ()


class CategoryQuestion(Body):
    """POST /product/202309/categories/recommend."""

    product_title: str
    description: str | None = None
    category_version: str | None = None


class RecommendedCategory(Reply):
    """The leaf that TikTok would choose."""

    leaf_category_id: Annotated[Id, LOOSE] = ""


class NamedValue(Reply):
    """A value that an attribute may take."""

    id: Id = ""
    name: Annotated[str, LOOSE] = ""


class ConditionWire(Reply):
    """A value of another attribute with which something is required."""

    attribute_id: Id = ""
    attribute_value_id: Id = ""


class AttributeWire(Reply):
    """One attribute; `is_requried` is misspelt on the wire (§7)."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    type: str = ""
    is_requried: bool = False
    is_customizable: bool = False
    is_multiple_selection: bool = False
    values: Annotated[tuple[NamedValue, ...], EACH] = ()
    requirement_conditions: Annotated[tuple[ConditionWire, ...], EACH] = ()


class CategoryAttributes(Reply):
    """GET /product/202309/categories/{category_id}/attributes."""

    attributes: Annotated[tuple[AttributeWire, ...], EACH] = ()


class Required(Reply):
    """Whether something must be there."""

    is_required: bool = False


class CertificationWire(Reply):
    """A document that the category may ask for."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    is_required: bool = False
    document_details: Annotated[str, LOOSE] = ""
    requirement_conditions: Annotated[tuple[ConditionWire, ...], EACH] = ()
    expiration_date: Required = Required()


class SizeChartRule(Required):
    """Whether a size chart must or may be there."""

    is_supported: bool = False


class CategoryRulesWire(Reply):
    """GET /product/202309/categories/{category_id}/rules."""

    product_certifications: Annotated[tuple[CertificationWire, ...], EACH] = ()
    size_chart: SizeChartRule = SizeChartRule()
    package_dimension: Required = Required()
    epr: Required = Required()
    responsible_person: Required = Required()
    manufacturer: Required = Required()
    seller_sku: Required = Required()


class BrandWire(Reply):
    """A brand; `authorized_status` is AUTHORIZED or, sic, UNAUTHORIEZD."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    authorized_status: str = ""
    brand_status: str = ""


class BrandsPage(Page):
    """GET /product/202309/brands."""

    brands: Annotated[tuple[BrandWire, ...], EACH] = ()


class PrerequisiteWire(Reply):
    """One thing a shop needs before it may list."""

    check_item: str = ""
    is_failed: bool = False
    fail_reasons: Annotated[tuple[str, ...], LOOSE] = ()


class Prerequisites(Reply):
    """GET /product/202312/prerequisites."""

    check_results: Annotated[tuple[PrerequisiteWire, ...], EACH] = ()
