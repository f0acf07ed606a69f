"""Making, changing and ending listings in one TikTok shop (tiktok-shop-api §7)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from core.channel.errors import ChannelError, UnreadableReply
from core.channel.listings import (
    Attribute,
    Certificate,
    ChannelProduct,
    Checked,
    Created,
    FileRef,
    Image,
    ProductChanges,
    ProductDraft,
    ReviewFailure,
    Side,
)
from core.channel.port import Refusals, Unreadable
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TikTokClient, Upload
from core.channel.tiktok.drafts import check_body, create_body, edit_body
from core.channel.tiktok.errors import error_for
from core.channel.tiktok.paging import pages
from core.channel.tiktok.reading import read_refusals, read_skus, skus_of
from core.clock import Clock
from core.portions import portions
from core.text import clean_line, clean_text

BATCH: Final = 20
LONGEST_KEY: Final = 128
ASKED_FOR: Final = 10
"""Seller SKUs that one search takes (12019027)."""
LARGEST_IMAGE: Final = 10 * 1024 * 1024
_ID: Final = 64
_REASON: Final = 300


class TikTokListings:
    """The `Listings` of one shop. `category_version` is "v2" where the market needs the new tree."""

    def __init__(
        self, client: TikTokClient, *, integration_id: str, clock: Clock, category_version: str | None = None
    ) -> None:
        self._client = client
        self._integration_id = integration_id
        self._clock = clock
        self._category_version = category_version

    async def product(self, product_id: str) -> ChannelProduct:
        """See Listings.product."""
        found = await self._client.call(
            operations.PRODUCT, wire.ProductDetail, path={"product_id": product_id}
        )
        if found.id != product_id:
            raise UnreadableReply("TikTok answered with another product than was asked for")
        leaf = next((link.id for link in found.category_chains if link.is_leaf), "")
        return ChannelProduct(
            id=clean_line(found.id, _ID),
            title=clean_line(found.title),
            description=clean_text(found.description),
            status=clean_line(found.status, _ID),
            review=clean_line(found.audit.status, _ID),
            failures=[_failure(row) for row in found.audit_failed_reasons],
            category_id=clean_line(leaf, _ID),
            brand_id=clean_line(found.brand.id, _ID),
            image_uris=[clean_line(image.uri, 500) for image in found.main_images if image.uri],
            has_draft=found.has_draft,
            skus=skus_of(found, integration_id=self._integration_id, read_at=self._clock.now()),
            sides={clean_line(sku.id, _ID): _sides(sku) for sku in found.skus},
            certificates=[_certificate(row) for row in found.certifications if row.id],
            attributes=[_attribute(row) for row in found.product_attributes if row.id and row.values],
            manufacturer_ids=[clean_line(one, _ID) for one in found.manufacturer_ids if one],
            responsible_person_ids=[clean_line(one, _ID) for one in found.responsible_person_ids if one],
        )

    async def made_since(self, seller_skus: Sequence[str], since: datetime) -> Sequence[str]:
        """See Listings.made_since; 10 seller SKUs a call, of which the first ten are enough to find it."""
        body = wire.ProductSearch(
            status="ALL", create_time_ge=int(since.timestamp()), seller_skus=tuple(seller_skus[:ASKED_FOR])
        )
        found = pages(
            self._client, operations.SEARCH_PRODUCTS, wire.ProductsPage, query={"page_size": "100"}, body=body
        )
        ids: list[str] = []
        async for page in found:
            for row in page.products:
                skus = read_skus(row, integration_id=self._integration_id, read_at=since)
                if not isinstance(skus, Unreadable):
                    ids += [sku.product_id for sku in skus if not sku.deleted]
        return list(dict.fromkeys(ids))

    async def check(self, draft: ProductDraft) -> Checked:
        """See Listings.check. An answer without a verdict stops nothing: the create has the last word."""
        found = await self._client.call(operations.LISTING_CHECK, wire.CheckedListing, body=check_body(draft))
        return Checked(
            passed=found.check_result != "FAIL" and not found.fail_reasons,
            reasons=[_why(row) for row in found.fail_reasons],
            warnings=_said([found.warnings]),
        )

    async def create(self, draft: ProductDraft, *, key: str) -> Created:
        """See Listings.create. Raises ValueError for a key that TikTok would not take."""
        if not 0 < len(key) <= LONGEST_KEY:
            raise ValueError(f"an idempotency key has 1 to {LONGEST_KEY} characters, not {len(key)}")
        body = create_body(draft, key=key, category_version=self._category_version)
        made = await self._client.call(
            operations.CREATE_PRODUCT, wire.CreatedProduct, body=body, repeatable=True
        )
        return Created(
            product_id=clean_line(made.product_id, _ID),
            skus=[(clean_line(sku.id, _ID), clean_line(sku.seller_sku, 120)) for sku in made.skus],
            warnings=_said(made.warnings),
        )

    async def edit(self, product_id: str, changes: ProductChanges) -> str:
        """See Listings.edit."""
        made = await self._client.call(
            operations.PARTIAL_EDIT,
            wire.EditedProduct,
            path={"product_id": product_id},
            body=edit_body(changes, category_version=self._category_version),
        )
        return clean_line(made.audit.status, _ID)

    async def activate(self, product_ids: Sequence[str]) -> Refusals:
        """See Listings.activate; 20 products a call."""
        return await self._batches(operations.ACTIVATE, product_ids)

    async def deactivate(self, product_ids: Sequence[str]) -> Refusals:
        """See Listings.deactivate; 20 products a call."""
        return await self._batches(operations.DEACTIVATE, product_ids)

    async def delete(self, product_ids: Sequence[str]) -> Refusals:
        """See Listings.delete; 20 products a call."""
        return await self._batches(operations.DELETE, product_ids)

    async def upload_image(self, name: str, content: bytes, *, use: str = "MAIN_IMAGE") -> Image:
        """See Listings.upload_image. Raises ValueError for an image over 10 MB."""
        if len(content) > LARGEST_IMAGE:
            raise ValueError(f"an image has at most 10 MB, not {len(content) / 1024 / 1024:.1f} MB")
        upload = Upload(name, content, {"use_case": use})
        made = await self._client.call(operations.UPLOAD_IMAGE, wire.UploadedImage, upload=upload)
        return Image(
            uri=clean_line(made.uri, 500), url=clean_line(made.url), width=made.width, height=made.height
        )

    async def upload_file(self, name: str, content: bytes) -> FileRef:
        """See Listings.upload_file. TikTok tells a file's format from its name."""
        upload = Upload(name, content, {"name": name})
        made = await self._client.call(operations.UPLOAD_FILE, wire.UploadedFile, upload=upload)
        return FileRef(
            id=clean_line(made.id, _ID),
            name=clean_line(made.name, 200) or name,
            format=clean_line(made.format, _ID) or name.rpartition(".")[2].upper(),
        )

    async def _batches(self, operation: operations.Operation, product_ids: Sequence[str]) -> Refusals:
        refusals: dict[str, ChannelError] = {}
        for portion in portions(product_ids, BATCH):
            ids = tuple(portion)
            result = await self._client.call(
                operation, wire.BatchResult, body=wire.ProductIds(product_ids=ids)
            )
            refusals.update(read_refusals(result, ids, area="product"))
        return refusals


def _sides(sku: wire.SkuWire) -> list[Side]:
    return [
        Side(
            name=clean_line(side.name, 200),
            value=clean_line(side.value_name, 200),
            attribute_id=side.id or None,
            value_id=side.value_id or None,
        )
        for side in sku.sales_attributes
    ]


def _attribute(row: wire.GivenAttribute) -> Attribute:
    return Attribute(
        id=clean_line(row.id, _ID),
        value_ids=[clean_line(value.id, _ID) for value in row.values if value.id],
        value_names=[clean_line(value.name, _REASON) for value in row.values if not value.id and value.name],
    )


def _certificate(row: wire.CertificateWire) -> Certificate:
    return Certificate(
        id=clean_line(row.id, _ID),
        image_uris=[clean_line(image.uri, 500) for image in row.images if image.uri],
        files=[
            FileRef(clean_line(file.id, _ID), clean_line(file.name, 200), clean_line(file.format, _ID))
            for file in row.files
        ],
        expires_at=row.expiration_date or None,
    )


def _failure(row: wire.AuditFailureWire) -> ReviewFailure:
    return ReviewFailure(
        position=clean_line(row.position, _REASON),
        reasons=[clean_line(reason, _REASON) for reason in row.reasons],
        suggestions=[clean_line(suggestion, _REASON) for suggestion in row.suggestions],
    )


def _why(row: wire.CheckReason) -> str:
    if row.code and not row.message:
        return str(error_for(row.code, ""))
    return clean_line(row.message, _REASON) or "TikTok gives no reason"


def _said(warnings: Sequence[wire.WarningWire]) -> list[str]:
    return [clean_line(row.message, _REASON) for row in warnings if row.message]
