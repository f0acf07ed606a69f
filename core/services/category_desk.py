"""A category form on its way: the tree to choose from, what the leaf asks, the answers until Save (A25)."""

from collections.abc import Callable, Sequence

from core.backend import Backend
from core.channel.listings import Brand
from core.models.category import (
    CategoryAnswers,
    CategoryTree,
    ChosenAttribute,
    ChosenCertificate,
    KeptFile,
    Leaf,
    LeafAttribute,
)
from core.models.integration import Integration
from core.rules.listing_limits import limits_for
from core.services import category_answers, listing_values
from core.services.categories import CategoryFound, CategoryService
from core.services.category_answers import TEMPLATE
from core.services.category_fields import Field, FieldKind, fields_of, names_of
from core.services.category_rows import ChosenRows, read_chosen
from core.services.errors import ServiceError
from core.sync.listing_files import FileLooks
from core.text import words_of


class CategoryDesk:
    """Nothing is kept before `save`. Reads of the shop raise the ChannelError of what went wrong."""

    def __init__(self, backend: Backend, integration: Integration, skus: Sequence[str]) -> None:
        self._backend = backend
        self._integration = integration
        self.skus = tuple(skus)
        self._service = CategoryService(backend)
        self._files = backend.listing_tools_for(integration).files
        self._limits = limits_for(integration.shop.region)
        self._found: list[tuple[str, CategoryFound]] = []
        self._below: dict[str, list[CategoryFound]] = {}
        self._paths: dict[str, str] = {}
        self._before = CategoryAnswers()
        self._faults: dict[KeptFile, str] = {}
        self.rows: ChosenRows | None = None
        self.chosen: CategoryFound | None = None
        self.leaf: Leaf | None = None
        self.answers = CategoryAnswers()
        self.remember = True

    async def open(self) -> ChosenRows:
        """Read the rows. Raises NotFound."""
        self.rows = await read_chosen(self._backend.store, self._integration, self.skus)
        return self.rows

    async def read_tree(self, *, fresh: bool = False) -> None:
        """Read the shop's tree, and what TikTok would choose for the first row."""
        tree = await self._service.tree(self._integration, fresh=fresh)
        title = self.rows.title if self.rows is not None else ""
        best = await self._service.recommended(self._integration, title) if title else None
        self._take_tree(tree, best)

    def search(self, text: str) -> list[CategoryFound]:
        """Leaves whose path holds every word, recommended first, closed ones last."""
        words = words_of(text)
        return [one for path, one in self._found if all(word in path for word in words)]

    @property
    def count(self) -> int:
        """How many leaves there are."""
        return len(self._found)

    def below(self, parent_id: str = "0") -> list[CategoryFound]:
        """What is right below a node."""
        return self._below.get(parent_id, [])

    def path_of(self, category_id: str | None) -> str:
        """A category in words; its id when the tree does not have it any more."""
        return "none" if category_id is None else self._paths.get(category_id, category_id)

    def parent_of(self, category_id: str) -> str:
        """The node above; "0" above the departments."""
        for parent, children in self._below.items():
            if any(one.id == category_id for one in children):
                return parent
        return "0"

    async def take(self, category_id: str) -> None:
        """Choose a leaf and read what it asks; answers given to it before come back. Raises ServiceError."""
        self.chosen, self.leaf = await self._service.leaf(self._integration, category_id)
        self.answers = self.rows.answers_for(category_id) if self.rows is not None else CategoryAnswers()
        self._before = self.answers
        await self._look_at_files()

    def fields(self) -> list[Field]:
        """The questions of the leaf."""
        if self.leaf is None or self.rows is None:
            return []
        return fields_of(
            self.leaf,
            self.answers,
            varying=self.rows.varying,
            know_weight=self.rows.know_weight,
            faults=self._faults,
        )

    def missing(self) -> list[str]:
        """What List would be refused for, in words."""
        fields = self.fields()
        wrong = [f"{one.label}: {one.problem}" for one in fields if one.problem]
        return [*(one.label for one in fields if one.is_missing), *wrong]

    @property
    def is_dirty(self) -> bool:
        """Whether leaving would lose anything."""
        if self.chosen is None or self.rows is None:
            return False
        other = any(known != self.chosen.id for known, _ in self.rows.standing)
        return other or self.answers != self._before

    @property
    def replaced(self) -> list[tuple[str, int]]:
        """(category in words, how many rows) of those that have another one now."""
        if self.rows is None or self.chosen is None:
            return []
        return [
            (self.path_of(known), count)
            for known, count in self.rows.standing
            if known is not None and known != self.chosen.id
        ]

    def typed(self, field: Field) -> str:
        """The answer as one would type it."""
        answers = self.answers
        match field.kind:
            case FieldKind.WEIGHT:
                return "" if answers.weight_kg is None else f"{answers.weight_kg:f}"
            case FieldKind.SIZE:
                return "x".join(f"{side:f}" for side in answers.size_cm or ())
            case FieldKind.SIZE_CHART:
                chart = answers.size_chart
                if chart is None:
                    return ""
                return chart.file.path if chart.file is not None else f"{TEMPLATE}{chart.template_id}"
            case FieldKind.CERTIFICATE:
                given = self._certificate(field.name)
                return " | ".join(one.path for one in given.files) if given is not None else ""
            case FieldKind.ATTRIBUTE:
                return "|".join(self.values(field))
            case _:
                return field.shown

    def rule(self, field: Field) -> LeafAttribute:
        """The attribute that a field is about."""
        if self.leaf is None:
            raise ServiceError("No category is chosen", "Choose one first.")
        return category_answers.attribute_named(self.leaf, field.name)

    def values(self, field: Field) -> list[str]:
        """The chosen values of an attribute by name."""
        chosen = {one.id: one for one in self.answers.attributes}
        return names_of(self.rule(field), chosen.get(field.name))

    def sides(self) -> list[tuple[str, str]]:
        """(id, name) of the sales attributes of the leaf."""
        attributes = self.leaf.attributes if self.leaf is not None else ()
        return [(one.id, one.name) for one in attributes if one.is_side]

    async def brands(self, text: str) -> list[Brand]:
        """Brands by part of their name."""
        category_id = self.chosen.id if self.chosen is not None else None
        return await self._service.brands(self._integration, text, category_id=category_id)

    async def check(self, field: Field, text: str) -> CategoryAnswers:
        """The answers with this one typed. Raises ServiceError in words; nothing is kept."""
        answers = self.answers
        match field.kind:
            case FieldKind.WEIGHT:
                update: dict[str, object] = {
                    "weight_kg": listing_values.weight(text) if text.strip() else None
                }
            case FieldKind.SIZE:
                update = {"size_cm": listing_values.size(text) if text.strip() else None}
            case FieldKind.SIZE_CHART:
                update = {"size_chart": await category_answers.size_chart(self._files, text, self._limits)}
            case FieldKind.CERTIFICATE | FieldKind.EXPIRY:
                update = {"certificates": await self._with_certificate(field, text)}
            case FieldKind.MANUFACTURER:
                update = {"manufacturer_ids": category_answers.ids(text, "manufacturer")}
            case FieldKind.PERSON:
                update = {"responsible_person_ids": category_answers.ids(text, "responsible person")}
            case FieldKind.SIDE:
                update = {"sides": self._with_side(field.name, text)}
            case FieldKind.BRAND:
                update = {"brand_id": text.strip(), "brand_name": ""}
            case FieldKind.ATTRIBUTE:
                update = {"attributes": self._with_attribute(field, text.split("|"))}
        return answers.model_copy(update=update)

    def words_for(self, field: Field, answers: CategoryAnswers) -> str:
        """How the form would show this field with these answers."""
        if self.leaf is None:
            return ""
        shown = fields_of(self.leaf, answers, varying=self.rows.varying if self.rows else ())
        return next((one.shown for one in shown if one.key == field.key), "")

    async def set(self, field: Field, text: str) -> None:
        """Answer a field; an empty text takes the answer away. Raises ServiceError in words."""
        self.answers = await self.check(field, text)
        await self._look_at_files()

    def set_values(self, field: Field, names: Sequence[str]) -> None:
        """Answer an attribute with values by name. Raises ServiceError in words."""
        self.answers = self.answers.model_copy(update={"attributes": self._with_attribute(field, names)})

    def set_brand(self, brand: Brand | None) -> None:
        """Choose a brand, or none."""
        update = {"brand_id": brand.id if brand else "", "brand_name": brand.name if brand else ""}
        self.answers = self.answers.model_copy(update=update)

    async def save(self, *, by: str, progress: Callable[[int, int], None] | None = None) -> int:
        """Keep category and answers for all rows; how many. Raises ServiceError."""
        if self.chosen is None or self.leaf is None:
            raise ServiceError("No category is chosen", "Choose a leaf first.")
        given = {name: getattr(self.answers, name) for name in CategoryAnswers.model_fields}
        return await self._service.choose(
            self._integration,
            self.skus,
            self.chosen.id,
            answers={**given, "brand_id": self.answers.brand_id or ""},
            remember=self.remember,
            by=by,
            progress=progress,
        )

    def _take_tree(self, tree: CategoryTree, best: str | None) -> None:
        nodes = {node.id: node for node in tree.nodes}
        paths: dict[str, str] = {}

        def path(node_id: str) -> str:
            chain: list[str] = []
            while node_id in nodes and node_id not in paths and node_id not in chain:
                chain.append(node_id)
                node_id = nodes[node_id].parent_id
            above = paths.get(node_id, "")
            for one in reversed(chain):
                above = f"{above} > {nodes[one].name}" if above else nodes[one].name
                paths[one] = above
            return above

        self._found, self._below = [], {}
        for node in tree.nodes:
            one = CategoryFound(
                node.id, path(node.id), node.is_leaf, node.is_open, recommended=node.id == best
            )
            self._below.setdefault(node.parent_id, []).append(one)
            if node.is_leaf:
                self._found.append((one.path.casefold(), one))
        self._paths = paths
        self._found.sort(key=lambda row: (not row[1].recommended, not row[1].is_open, row[0]))

    def _certificate(self, name: str) -> ChosenCertificate | None:
        return next((one for one in self.answers.certificates if one.id == name), None)

    async def _with_certificate(self, field: Field, text: str) -> tuple[ChosenCertificate, ...]:
        given = self._certificate(field.name)
        if self.leaf is None:
            raise ServiceError("No category is chosen", "Choose one first.")
        asked = category_answers.document_named(self.leaf, field.name)
        if field.kind is FieldKind.EXPIRY:
            ends = category_answers.expiry(text, self._backend.clock.now().date())
            if given is None:
                raise ServiceError(f"{asked.name} has no file yet", "Choose its picture or PDF first.")
            made: ChosenCertificate | None = given.model_copy(update={"expires_on": ends})
        else:
            ends = given.expires_on if given is not None else None
            made = await category_answers.certificate(
                self._files, asked, text.split("|"), self._limits, expires_on=ends
            )
        others = [one for one in self.answers.certificates if one.id != asked.id]
        return tuple(sorted((*others, *([made] if made is not None else [])), key=lambda one: one.id))

    def _with_attribute(self, field: Field, names: Sequence[str]) -> tuple[ChosenAttribute, ...]:
        made = category_answers.attribute(self.rule(field), names)
        others = [one for one in self.answers.attributes if one.id != field.name]
        return tuple(sorted((*others, *([made] if made is not None else [])), key=lambda one: one.id))

    def _with_side(self, name: str, text: str) -> tuple[tuple[str, str], ...]:
        if self.leaf is None:
            raise ServiceError("No category is chosen", "Choose one first.")
        number = category_answers.side_named(self.leaf, text)
        others = [one for one in self.answers.sides if one[0] != name]
        return tuple(sorted((*others, (name, number))))

    async def _look_at_files(self) -> None:
        """A file that was chosen earlier may be gone or changed by now."""
        looks = FileLooks(self._files, self._limits)
        found = await looks.faults(self.answers.size_chart, self.answers.certificates)
        self._faults = {kept: f"{kept.path} {fault[1]}" for kept, fault in found.items() if fault is not None}
