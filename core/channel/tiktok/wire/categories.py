"""The category tree and what each category asks of a listing."""

from core.channel.tiktok.wire.base import Body, Id, Page, Reply


class CategoryWire(Reply):
    """One node; roots have the parent "0"."""

    id: Id
    parent_id: Id = ""
    local_name: str = ""
    is_leaf: bool = False
    permission_statuses: tuple[str, ...] = ()


class Categories(Reply):
    """GET /product/202309/categories."""

    categories: tuple[CategoryWire, ...] = ()


class CategoryQuestion(Body):
    """POST /product/202309/categories/recommend."""

    product_title: str
    description: str | None = None
    category_version: str | None = None


class RecommendedCategory(Reply):
    """The leaf that TikTok would choose."""

    leaf_category_id: Id = ""


class NamedValue(Reply):
    """A value that an attribute may take."""

    id: Id = ""
    name: str = ""


class ConditionWire(Reply):
    """A value of another attribute with which something is required."""

    attribute_id: Id = ""
    attribute_value_id: Id = ""


class AttributeWire(Reply):
    """One attribute; `is_requried` is misspelt on the wire (§7)."""

    id: Id
    name: str = ""
    type: str = ""
    is_requried: bool = False
    is_customizable: bool = False
    is_multiple_selection: bool = False
    values: tuple[NamedValue, ...] = ()
    requirement_conditions: tuple[ConditionWire, ...] = ()


class CategoryAttributes(Reply):
    """GET /product/202309/categories/{category_id}/attributes."""

    attributes: tuple[AttributeWire, ...] = ()


class Required(Reply):
    """Whether something must be there."""

    is_required: bool = False


class CertificationWire(Reply):
    """A document that the category may ask for."""

    id: Id
    name: str = ""
    is_required: bool = False
    document_details: str = ""
    requirement_conditions: tuple[ConditionWire, ...] = ()
    expiration_date: Required = Required()


class SizeChartRule(Required):
    """Whether a size chart must or may be there."""

    is_supported: bool = False


class CategoryRulesWire(Reply):
    """GET /product/202309/categories/{category_id}/rules."""

    product_certifications: tuple[CertificationWire, ...] = ()
    size_chart: SizeChartRule = SizeChartRule()
    package_dimension: Required = Required()
    epr: Required = Required()
    responsible_person: Required = Required()
    manufacturer: Required = Required()
    seller_sku: Required = Required()


class BrandWire(Reply):
    """A brand; `authorized_status` is AUTHORIZED or, sic, UNAUTHORIEZD."""

    id: Id
    name: str = ""
    authorized_status: str = ""
    brand_status: str = ""


class BrandsPage(Page):
    """GET /product/202309/brands."""

    brands: tuple[BrandWire, ...] = ()


class PrerequisiteWire(Reply):
    """One thing a shop needs before it may list."""

    check_item: str = ""
    is_failed: bool = False
    fail_reasons: tuple[str, ...] = ()


class Prerequisites(Reply):
    """GET /product/202312/prerequisites."""

    check_results: tuple[PrerequisiteWire, ...] = ()
