"""Bodies and replies about making, editing, checking and ending listings."""

from typing import Annotated

from core.channel.tiktok.wire.base import EACH, LOOSE, Body, Id, Reply
from core.channel.tiktok.wire.fulfilment import WarningWire
from core.channel.tiktok.wire.products import AmountBody, ProductWire, WarehouseQuantity


class ImageRef(Body):
    """An uploaded image."""

    uri: str


class SideBody(Body):
    """One side of a variation: known by id or named freely; only one of a SKU's sides carries an image."""

    id: str | None = None
    name: str | None = None
    value_id: str | None = None
    value_name: str | None = None
    sku_img: ImageRef | None = None


class IdentifierCode(Body):
    """A barcode and its kind, e.g. EAN."""

    code: str
    type: str


class SkuBody(Body):
    """One SKU of a listing; all SKUs name the same sides."""

    inventory: tuple[WarehouseQuantity, ...]
    price: AmountBody
    sales_attributes: tuple[SideBody, ...] | None = None
    seller_sku: str | None = None
    identifier_code: IdentifierCode | None = None


class EditedSku(SkuBody):
    """A SKU of a partial edit: without an id it is new, and SKUs that are left out are deleted (§7)."""

    id: str | None = None


class WeightBody(Body):
    """A decimal string and GRAM, KILOGRAM or POUND."""

    value: str
    unit: str


class DimensionsBody(Body):
    """Decimal strings and CENTIMETER or INCH."""

    length: str
    width: str
    height: str
    unit: str


class AttributeValueBody(Body):
    """A value that the category knows by id, or one named freely."""

    id: str | None = None
    name: str | None = None


class AttributeBody(Body):
    """A product attribute and its values."""

    id: str
    values: tuple[AttributeValueBody, ...]


class TemplateRef(Body):
    """A size chart made in Seller Center."""

    id: str


class SizeChartBody(Body):
    """An uploaded picture, or a template."""

    image: ImageRef | None = None
    template: TemplateRef | None = None


class CertificationBody(Body):
    """A document of a create: its `files` are texts, where a partial edit has objects (contract)."""

    id: str
    images: tuple[ImageRef, ...] | None = None
    files: tuple[str, ...] | None = None
    expiration_date: int | None = None


class FileBody(Body):
    """An uploaded file that is no image."""

    id: str
    name: str
    format: str


class EditedCertification(Body):
    """A document of a partial edit."""

    id: str
    images: tuple[ImageRef, ...] | None = None
    files: tuple[FileBody, ...] | None = None
    expiration_date: int | None = None


class _Optional(Body):
    brand_id: str | None = None
    package_weight: WeightBody | None = None
    package_dimensions: DimensionsBody | None = None
    product_attributes: tuple[AttributeBody, ...] | None = None
    external_product_id: str | None = None
    size_chart: SizeChartBody | None = None
    manufacturer_ids: tuple[str, ...] | None = None
    responsible_person_ids: tuple[str, ...] | None = None


class ListingCheck(_Optional):
    """POST /product/202309/products/listing_check: a dry run of the create."""

    title: str
    description: str
    category_id: str
    main_images: tuple[ImageRef, ...]
    skus: tuple[SkuBody, ...]
    certifications: tuple[CertificationBody, ...] | None = None


class CreateProduct(ListingCheck):
    """POST /product/202309/products. With an idempotency key (at most 128 characters) it may be repeated."""

    save_mode: str = "LISTING"
    category_version: str | None = None
    idempotency_key: str | None = None


class PartialEdit(_Optional):
    """POST .../partial_edit: every property that is sent replaces the old one as a whole."""

    title: str | None = None
    description: str | None = None
    main_images: tuple[ImageRef, ...] | None = None
    skus: tuple[EditedSku, ...] | None = None
    certifications: tuple[EditedCertification, ...] | None = None
    category_version: str | None = None
    save_mode: str = "LISTING"


class ProductIds(Body):
    """Activate, deactivate, delete: at most 20 a call."""

    product_ids: tuple[str, ...]


class CreatedSku(Reply):
    """A SKU that the create made."""

    id: Id
    seller_sku: Annotated[str, LOOSE] = ""


class CreatedProduct(Reply):
    """What the create answers; warnings tell of fields that TikTok dropped (§4)."""

    product_id: Id
    skus: Annotated[tuple[CreatedSku, ...], EACH, LOOSE] = ()
    warnings: Annotated[tuple[WarningWire, ...], EACH, LOOSE] = ()


class Audit(Reply):
    """How far the review is, which is not the listing's status."""

    status: Annotated[str, LOOSE] = ""


class EditedProduct(Reply):
    """What the partial edit answers: the old version stays live until the new one passes its review."""

    product_id: Annotated[Id, LOOSE] = ""
    audit: Annotated[Audit, LOOSE] = Audit()


class AuditFailureWire(Reply):
    """Why a review failed, by field or area."""

    position: Annotated[str, LOOSE] = ""
    reasons: Annotated[tuple[str, ...], LOOSE] = ()
    suggestions: Annotated[tuple[str, ...], LOOSE] = ()


class ImageWire(Reply):
    """An image of a product."""

    uri: str = ""


class ChainLink(Reply):
    """One level of a product's category."""

    id: Id
    is_leaf: bool = False


class BrandRef(Reply):
    """A product's brand."""

    id: Id = ""


class FileWire(Reply):
    """A file of a certificate."""

    id: Id = ""
    name: str = ""
    format: str = ""


class CertificateWire(Reply):
    """A certificate of a product."""

    id: Id = ""
    images: tuple[ImageWire, ...] = ()
    files: tuple[FileWire, ...] = ()
    expiration_date: int = 0


class GivenValue(Reply):
    """A value of a product attribute; one of the seller's own may lack an id."""

    id: Id = ""
    name: str = ""


class GivenAttribute(Reply):
    """A product attribute as it stands."""

    id: Id = ""
    values: tuple[GivenValue, ...] = ()


class ProductDetail(ProductWire):
    """GET /product/202309/products/{product_id}."""

    description: str = ""
    audit: Audit = Audit()
    audit_failed_reasons: Annotated[tuple[AuditFailureWire, ...], EACH, LOOSE] = ()
    category_chains: tuple[ChainLink, ...] = ()
    main_images: tuple[ImageWire, ...] = ()
    brand: BrandRef = BrandRef()
    certifications: tuple[CertificateWire, ...] = ()
    product_attributes: tuple[GivenAttribute, ...] = ()
    manufacturer_ids: tuple[Id, ...] = ()
    responsible_person_ids: tuple[Id, ...] = ()
    has_draft: bool = False


class CheckReason(Reply):
    """Why a listing would be refused."""

    code: Annotated[int, LOOSE] = 0
    message: Annotated[str, LOOSE] = ""


class CheckedListing(Reply):
    """What the dry run answers; `warnings` is a single object (§4)."""

    check_result: str = ""
    fail_reasons: Annotated[tuple[CheckReason, ...], EACH, LOOSE] = ()
    warnings: Annotated[WarningWire, LOOSE] = WarningWire()


class UploadedImage(Reply):
    """What an upload answers; sizes in pixels."""

    uri: str
    url: Annotated[str, LOOSE] = ""
    width: Annotated[int, LOOSE] = 0
    height: Annotated[int, LOOSE] = 0


class UploadedFile(Reply):
    """What the upload of a file answers."""

    id: Id
    name: Annotated[str, LOOSE] = ""
    format: Annotated[str, LOOSE] = ""
