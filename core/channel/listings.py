"""What listing goods on a channel takes, in our words: drafts, reviews, categories and what they ask for.

Split from port.py for its length; the manners are the same.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from core.channel.port import Refusals
from core.models.base import Money
from core.models.listing import ChannelSku


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a variation, e.g. Colour: Red. Ids where the category knows them, else names."""

    name: str
    value: str
    attribute_id: str | None = None
    value_id: str | None = None
    image_uri: str | None = None


@dataclass(frozen=True, slots=True)
class DraftSku:
    """One SKU to be listed; `quantities` per warehouse id. `id` is set when it exists already."""

    seller_sku: str
    price: Money
    quantities: dict[str, int]
    sides: Sequence[Side] = ()
    ean: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A product attribute: values by id where the category knows them, else by name."""

    id: str
    value_ids: Sequence[str] = ()
    value_names: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class SizeChartRef:
    """An uploaded picture or a template, by its id."""

    image_uri: str | None = None
    template_id: str | None = None


@dataclass(frozen=True, slots=True)
class FileRef:
    """An uploaded file that is no image; `format` as PDF."""

    id: str
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """A document under the category's id of it. `expires_at` in Unix seconds."""

    id: str
    image_uris: Sequence[str] = ()
    files: Sequence[FileRef] = ()
    expires_at: int | None = None


@dataclass(frozen=True, slots=True)
class ProductChanges:
    """What is to change; None leaves it. `skus` must name every SKU that shall stay (§7)."""

    title: str | None = None
    description: str | None = None
    image_uris: Sequence[str] | None = None
    skus: Sequence[DraftSku] | None = None
    brand_id: str | None = None
    attributes: Sequence[Attribute] | None = None
    """All that shall stay."""
    weight_kg: Decimal | None = None
    size_cm: tuple[Decimal, Decimal, Decimal] | None = None
    """Length, width, height of the package."""
    size_chart: SizeChartRef | None = None
    certificates: Sequence[Certificate] | None = None
    """All that shall stay: those left out are gone."""
    manufacturer_ids: Sequence[str] | None = None
    responsible_person_ids: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """A product to be listed."""

    title: str
    description: str
    category_id: str
    image_uris: Sequence[str]
    skus: Sequence[DraftSku]
    brand_id: str | None = None
    attributes: Sequence[Attribute] = ()
    weight_kg: Decimal | None = None
    size_cm: tuple[Decimal, Decimal, Decimal] | None = None
    size_chart: SizeChartRef | None = None
    certificates: Sequence[Certificate] = ()
    manufacturer_ids: Sequence[str] = ()
    responsible_person_ids: Sequence[str] = ()
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """What a create made; `warnings` tell of fields that the channel dropped."""

    product_id: str
    skus: Sequence[tuple[str, str]]
    """(SKU id, seller SKU), in the channel's order."""
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True)
class ReviewFailure:
    """Why a review failed: the field or area, the reasons in short, and what is suggested."""

    position: str
    reasons: Sequence[str]
    suggestions: Sequence[str]


@dataclass(frozen=True, slots=True)
class ChannelProduct:
    """A product as it stands; `status` is the listing's, `review` the audit's, in the channel's words."""

    id: str
    title: str
    description: str
    status: str
    review: str
    failures: Sequence[ReviewFailure]
    category_id: str
    brand_id: str
    image_uris: Sequence[str]
    has_draft: bool
    skus: Sequence[ChannelSku] = field(default_factory=list)
    sides: Mapping[str, Sequence[Side]] = field(default_factory=dict)
    """SKU id -> what sets it apart: an edit that names its SKUs has to name these too."""
    certificates: Sequence[Certificate] = ()
    """What is there: an edit that names one has to name these too."""
    attributes: Sequence[Attribute] = ()
    """The same."""
    manufacturer_ids: Sequence[str] = ()
    responsible_person_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a dry run of a create found."""

    passed: bool
    reasons: Sequence[str]
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Image:
    """An uploaded image; sizes in pixels, 0 where the channel does not say."""

    uri: str
    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Category:
    """A node of the category tree; only leaves carry goods, and only where `is_open` to this shop."""

    id: str
    parent_id: str
    name: str
    is_leaf: bool
    is_open: bool


@dataclass(frozen=True, slots=True)
class CategoryAttribute:
    """What a category asks; `is_side` attributes make variations. `values` are (id, name)."""

    id: str
    name: str
    is_side: bool
    is_required: bool
    takes_several: bool
    takes_own: bool
    values: Sequence[tuple[str, str]]
    needed_when: Sequence[tuple[str, str]] = ()
    """(attribute id, value id): with any of these chosen it is required too."""


@dataclass(frozen=True, slots=True)
class CategoryDocument:
    """A certificate that a category asks for or takes; `details` say what it must be."""

    id: str
    name: str
    is_required: bool = False
    details: str = ""
    needs_expiry: bool = False
    needed_when: Sequence[tuple[str, str]] = ()
    """(attribute id, value id): with any of these chosen it is required."""


@dataclass(frozen=True, slots=True)
class CategoryRules:
    """What a listing in a category must bring: names of fields, and the documents it may bring."""

    required: frozenset[str]
    documents: Sequence[CategoryDocument] = ()
    takes_size_chart: bool = False


@dataclass(frozen=True, slots=True)
class Brand:
    """A brand and whether this shop may sell it; `is_usable` is false for one that TikTok has closed."""

    id: str
    name: str
    is_authorised: bool
    is_usable: bool = True


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """One thing a shop needs before it may list, and why it is missing."""

    item: str
    is_met: bool
    reasons: Sequence[str]


class Listings(Protocol):
    """Making, changing and ending listings. Every method raises a ChannelError that tells what to do."""

    async def product(self, product_id: str) -> ChannelProduct:
        """The product as it stands."""
        ...

    async def made_since(self, seller_skus: Sequence[str], since: datetime) -> Sequence[str]:
        """Ids of products that exist, were created at or after `since`, and have one of these seller SKUs."""
        ...

    async def check(self, draft: ProductDraft) -> Checked:
        """A dry run of `create`."""
        ...

    async def create(self, draft: ProductDraft, *, key: str) -> Created:
        """List a product. `key`, at most 128 characters, makes a repetition harmless."""
        ...

    async def edit(self, product_id: str, changes: ProductChanges) -> str:
        """Change a product; the answer is the review's state. The old version stays until the review passes.

        Never repeated by itself.
        """
        ...

    async def activate(self, product_ids: Sequence[str]) -> Refusals:
        """Show products again; product id -> why it was refused. They are reviewed anew."""
        ...

    async def deactivate(self, product_ids: Sequence[str]) -> Refusals:
        """Hide products; product id -> why it was refused."""
        ...

    async def delete(self, product_ids: Sequence[str]) -> Refusals:
        """End products; product id -> why it was refused."""
        ...

    async def upload_image(self, name: str, content: bytes, *, use: str = "MAIN_IMAGE") -> Image:
        """Hand over an image of at most 10 MB. Never repeated by itself."""
        ...

    async def upload_file(self, name: str, content: bytes) -> FileRef:
        """Hand over a document that is no image. Never repeated by itself."""
        ...


class Categories(Protocol):
    """The channel's category tree and what it asks for."""

    async def prerequisites(self) -> Sequence[Prerequisite]:
        """What this shop needs before it may list."""
        ...

    async def categories(self, *, keyword: str | None = None) -> Sequence[Category]:
        """The tree, or the part that matches."""
        ...

    async def recommend(self, title: str, description: str | None = None) -> str | None:
        """The id of the leaf that the channel would choose, if it has an opinion."""
        ...

    async def attributes(self, category_id: str) -> Sequence[CategoryAttribute]:
        """The attributes of a leaf."""
        ...

    async def rules(self, category_id: str) -> CategoryRules:
        """What else a leaf demands."""
        ...

    def brands(
        self, *, category_id: str | None = None, name: str | None = None
    ) -> AsyncIterator[Sequence[Brand]]:
        """Brands, page by page."""
        ...
