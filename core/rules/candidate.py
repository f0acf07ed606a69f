"""A product as it would be listed: everything that preflight looks at, before any call is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.models.category import (
    ChosenAttribute,
    ChosenCertificate,
    KeptFile,
    Leaf,
    ShopFacts,
    SizeChart,
)
from core.rules.image_header import ImageHeader
from core.rules.listing_files import Fault


class CategoryState(StrEnum):
    """How the chosen category stands in the shop's tree."""

    NONE = "none"
    """Nothing was chosen."""
    UNCHECKED = "unchecked"
    """The tree could not be read."""
    FINE = "fine"
    VANISHED = "vanished"
    NOT_LEAF = "not_leaf"
    CLOSED = "closed"
    """The shop may not sell there without applying first."""


@dataclass(frozen=True, slots=True)
class SideValue:
    """One side of a variation: ids where the category knows them."""

    name: str
    value: str
    attribute_id: str | None = None
    value_id: str | None = None


@dataclass(frozen=True, slots=True)
class Variant:
    """One SKU to be listed. Unknown price and quantity are None, with the steps that say why."""

    sku: str
    price: Decimal | None
    price_steps: tuple[str, ...]
    currency: str
    quantity: int | None
    quantity_steps: tuple[str, ...]
    sides: tuple[SideValue, ...] = ()
    ean: str | None = None
    below_floor: bool = False


@dataclass(frozen=True, slots=True)
class ImageLook:
    """What became of looking at an image's address; `fault` says why there is no header."""

    address: str
    header: ImageHeader | None = None
    size: int = 0
    fault: str | None = None
    content_hash: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One product and its variants; a single is its own only variant."""

    sku: str
    region: str
    title: str
    description: str
    """HTML."""
    is_parent: bool
    category_id: str | None
    category_state: CategoryState
    leaf: Leaf | None
    attributes: tuple[ChosenAttribute, ...]
    brand_id: str | None
    weight_kg: Decimal | None
    size_cm: tuple[Decimal, Decimal, Decimal] | None
    variants: tuple[Variant, ...]
    addresses: tuple[str, ...]
    images: tuple[ImageLook, ...] | None = None
    """None when they were not looked at."""
    facts: ShopFacts | None = None
    """None when the shop could not be asked."""
    size_chart: SizeChart | None = None
    certificates: tuple[ChosenCertificate, ...] = ()
    certificates_remembered: bool = False
    """They were chosen for the Avasam category, not for this product."""
    manufacturer_ids: tuple[str, ...] = ()
    responsible_person_ids: tuple[str, ...] = ()
    files: Mapping[KeptFile, Fault | None] | None = None
    """What is wrong with each chosen file; None when they were not looked at."""
    category_name: str = field(default="", compare=False)

    @property
    def chosen_files(self) -> tuple[KeptFile, ...]:
        """Every file that would be sent, the size chart first."""
        chart = (self.size_chart.file,) if self.size_chart and self.size_chart.file else ()
        return (*chart, *(kept for one in self.certificates for kept in one.files))
