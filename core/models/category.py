"""TikTok's categories as they were last read, what a leaf asks for, and what a person chose."""

from datetime import date

from core.models.base import Amount, Instant, Model


class CategoryNode(Model):
    """One node of the shop's tree; roots have the parent "0". Only open leaves carry goods."""

    id: str
    parent_id: str
    name: str
    is_leaf: bool
    is_open: bool


class CategoryTree(Model):
    """The tree of one shop at one moment: TikTok advises not to keep it for long (tiktok-shop-api §7)."""

    integration_id: str
    read_at: Instant
    nodes: tuple[CategoryNode, ...]


class LeafAttribute(Model):
    """An attribute of a leaf; `is_side` ones make variations. `values` are (id, name)."""

    id: str
    name: str
    is_side: bool = False
    is_required: bool = False
    takes_several: bool = False
    takes_own: bool = False
    values: tuple[tuple[str, str], ...] = ()
    needed_when: tuple[tuple[str, str], ...] = ()
    """(attribute id, value id): with any of these chosen it must be there too."""

    def value_id(self, name: str) -> str | None:
        """The id of the value with this name, in whatever case."""
        wanted = name.casefold()
        return next((value for value, known in self.values if known.casefold() == wanted), None)


class AskedDocument(Model):
    """A certificate that a leaf asks for or takes; `details` are TikTok's own words about it."""

    id: str
    name: str
    is_required: bool = False
    details: str = ""
    needs_expiry: bool = False
    needed_when: tuple[tuple[str, str], ...] = ()
    """(attribute id, value id): with any of these chosen it must be there."""


class Leaf(Model):
    """What a leaf category asks of a listing."""

    integration_id: str
    category_id: str
    read_at: Instant
    attributes: tuple[LeafAttribute, ...]
    required: tuple[str, ...] = ()
    """TikTok's names of what must be there, e.g. size_chart, package_dimension."""
    documents: tuple[AskedDocument, ...] = ()
    takes_size_chart: bool = False


class ChosenAttribute(Model):
    """What a person chose for an attribute: values by id where the category knows them, else by name."""

    id: str
    value_ids: tuple[str, ...] = ()
    value_names: tuple[str, ...] = ()


class KeptFile(Model):
    """A file that somebody chose: the bytes with this hash (SHA-256, hex) are sent, or none.

    `format` is what the bytes are: PNG, JPEG, PDF.
    """

    path: str
    content_hash: str
    size: int
    format: str

    @property
    def name(self) -> str:
        """The file's name without its folders."""
        return self.path.replace("\\", "/").rpartition("/")[2]


class SizeChart(Model):
    """A picture of sizes, or the id of a template of Seller Center."""

    file: KeptFile | None = None
    template_id: str = ""


class ChosenCertificate(Model):
    """The document for one that a leaf asks for, by the leaf's id of it."""

    id: str
    files: tuple[KeptFile, ...] = ()
    expires_on: date | None = None


class CategoryAnswers(Model):
    """What was answered to a leaf: by a person for one product, or remembered for an Avasam category."""

    attributes: tuple[ChosenAttribute, ...] = ()
    brand_id: str | None = None
    """Empty means: no brand, whatever is remembered."""
    brand_name: str = ""
    """As TikTok called it when it was chosen; empty where only the id was typed."""
    weight_kg: Amount | None = None
    """Of the package, where the inventory does not know it."""
    size_cm: tuple[Amount, Amount, Amount] | None = None
    """Length, width and height of the package."""
    size_chart: SizeChart | None = None
    certificates: tuple[ChosenCertificate, ...] = ()
    manufacturer_ids: tuple[str, ...] = ()
    """As Seller Center shows them; so are those of responsible persons (EU)."""
    responsible_person_ids: tuple[str, ...] = ()
    sides: tuple[tuple[str, str], ...] = ()
    """(Avasam's name of what varies, id of the sales attribute; empty: a sales attribute of our own)."""


class CategoryChoice(CategoryAnswers):
    """What was chosen for an Avasam category, so that its next product needs no choice (A25)."""

    integration_id: str
    avasam_category: str
    category_id: str
    chosen_at: Instant
    chosen_by: str = ""


class ShopWarehouse(Model):
    """A warehouse of the shop."""

    id: str
    is_sales: bool
    is_enabled: bool
    is_default: bool


class ShopFacts(Model):
    """What the shop itself must bring before anything can be listed in it."""

    integration_id: str
    read_at: Instant
    warehouses: tuple[ShopWarehouse, ...] = ()
    unmet: tuple[tuple[str, str], ...] = ()
    """(TikTok's name of a prerequisite, why it is not met)."""

    def home(self) -> str | None:
        """The warehouse that new listings are stocked in: the default one that sells and is enabled."""
        usable = [place for place in self.warehouses if place.is_sales and place.is_enabled]
        return min(usable, key=lambda place: (not place.is_default, place.id)).id if usable else None
