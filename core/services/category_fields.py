"""What a leaf asks, as fields of a form: required first, each with what it takes and holds (A25)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.models.category import (
    AskedDocument,
    CategoryAnswers,
    ChosenAttribute,
    ChosenCertificate,
    KeptFile,
    Leaf,
    LeafAttribute,
)
from core.rules.candidate import Candidate
from core.rules.leaf_answers import is_needed
from core.wording import count_of


class FieldKind(StrEnum):
    """How a field is answered."""

    ATTRIBUTE = "attribute"
    BRAND = "brand"
    WEIGHT = "weight"
    SIZE = "size"
    SIZE_CHART = "size_chart"
    CERTIFICATE = "certificate"
    EXPIRY = "expiry"
    MANUFACTURER = "manufacturer"
    PERSON = "responsible_person"
    SIDE = "side"


@dataclass(frozen=True, slots=True)
class Field:
    """One question; `name` is the attribute's or document's id, or Avasam's name of what varies."""

    kind: FieldKind
    name: str
    label: str
    is_required: bool
    takes: str
    """What may be answered, in words."""
    shown: str
    """The answer in words; empty when there is none."""
    problem: str = ""
    """What is wrong with the answer."""

    @property
    def key(self) -> str:
        """What tells it from the other fields."""
        return f"{self.kind}:{self.name}"

    @property
    def is_missing(self) -> bool:
        """Whether List would be refused for want of it."""
        return self.is_required and not self.shown


def next_missing(fields: Sequence[Field], after: int | None = None) -> int:
    """The place of the next field that List would be refused for, round to the start; else where one is."""
    start = 0 if after is None else after + 1
    order = [*range(start, len(fields)), *range(start)]
    wanting = (place for place in order if fields[place].is_missing or fields[place].problem)
    return next(wanting, after or 0)


def fields_of(
    leaf: Leaf,
    answers: CategoryAnswers,
    *,
    varying: Sequence[str] = (),
    know_weight: bool = False,
    faults: Mapping[KeptFile, str] | None = None,
) -> list[Field]:
    """Every question of a leaf, required ones first."""
    wrong = faults or {}
    found = [
        *_attributes(leaf, answers),
        *(_side(leaf, answers, name) for name in varying),
        *_documents(leaf, answers, wrong),
        *_who(leaf, answers),
        Field(FieldKind.BRAND, "", "Brand", False, "a brand of TikTok's list", _brand(answers)),
        _weight(answers, know_weight=know_weight),
        Field(
            FieldKind.SIZE,
            "",
            "Package size",
            "package_dimension" in leaf.required,
            "length x width x height in centimetres, such as 30x20x12",
            " x ".join(f"{side:f}" for side in answers.size_cm) + " cm" if answers.size_cm else "",
        ),
    ]
    return sorted(found, key=lambda one: not one.is_required)


def answered(candidate: Candidate) -> list[tuple[str, str]]:
    """(question, answer in words) of all that would be sent of a leaf's questions; none without a leaf."""
    if candidate.leaf is None:
        return []
    answers = CategoryAnswers(
        attributes=candidate.attributes,
        brand_id=candidate.brand_id,
        weight_kg=candidate.weight_kg,
        size_cm=candidate.size_cm,
        size_chart=candidate.size_chart,
        certificates=candidate.certificates,
        manufacturer_ids=candidate.manufacturer_ids,
        responsible_person_ids=candidate.responsible_person_ids,
    )
    fields = fields_of(candidate.leaf, answers, know_weight=True)
    return [(one.label, one.shown) for one in fields if one.shown]


def _attributes(leaf: Leaf, answers: CategoryAnswers) -> Iterator[Field]:
    chosen = {one.id: one for one in answers.attributes}
    for rule in leaf.attributes:
        if not rule.is_side:
            needed = is_needed(rule.needed_when, answers.attributes, always=rule.is_required)
            shown = ", ".join(names_of(rule, chosen.get(rule.id)))
            yield Field(FieldKind.ATTRIBUTE, rule.id, rule.name, needed, _takes(rule), shown)


def names_of(rule: LeafAttribute, chosen: ChosenAttribute | None) -> list[str]:
    """The chosen values by name; an id that the category does not know any more stays an id."""
    if chosen is None:
        return []
    known = dict(rule.values)
    return [*(known.get(value, value) for value in chosen.value_ids), *chosen.value_names]


def _takes(rule: LeafAttribute) -> str:
    count = len(rule.values)
    if not count:
        return "your own words" + (", several" if rule.takes_several else "")
    words = f"{'several' if rule.takes_several else 'one'} of {count_of(count, 'value')}"
    return words + (", or your own" if rule.takes_own else "")


def _side(leaf: Leaf, answers: CategoryAnswers, name: str) -> Field:
    rules = {one.id: one.name for one in leaf.attributes if one.is_side}
    named = dict(answers.sides).get(name)
    alike = next((known for known in rules.values() if known.casefold() == name.casefold()), None)
    if named is None:
        shown = f"{alike} (spelt alike)" if alike else "a sales attribute of your own"
    else:
        shown = rules.get(named, "a sales attribute of your own")
    takes = f"one of {', '.join(rules.values())}, or your own" if rules else "your own"
    return Field(FieldKind.SIDE, name, f"Varies in {name}", False, takes, shown)


def _documents(leaf: Leaf, answers: CategoryAnswers, wrong: Mapping[KeptFile, str]) -> Iterator[Field]:
    if leaf.takes_size_chart or "size_chart" in leaf.required:
        chart = answers.size_chart
        file = chart.file if chart is not None else None
        shown = "" if chart is None else f"template {chart.template_id}" if file is None else _file(file)
        yield Field(
            FieldKind.SIZE_CHART,
            "",
            "Size chart",
            "size_chart" in leaf.required,
            "the path of a picture whose shorter side has 1024 pixels, or template:ID",
            shown,
            "" if file is None else wrong.get(file, ""),
        )
    chosen = {one.id: one for one in answers.certificates}
    for asked in leaf.documents:
        yield from _document(asked, answers, chosen.get(asked.id), wrong)


def _document(
    asked: AskedDocument,
    answers: CategoryAnswers,
    given: ChosenCertificate | None,
    wrong: Mapping[KeptFile, str],
) -> Iterator[Field]:
    files = given.files if given is not None else ()
    ends = given.expires_on if given is not None else None
    needed = is_needed(asked.needed_when, answers.attributes, always=asked.is_required)
    takes = "paths of pictures or PDFs, parted by |"
    yield Field(
        FieldKind.CERTIFICATE,
        asked.id,
        asked.name,
        needed,
        f"{takes}. {asked.details}" if asked.details else takes,
        ", ".join(_file(one) for one in files),
        next((wrong[one] for one in files if wrong.get(one)), ""),
    )
    if asked.needs_expiry or files:
        yield Field(
            FieldKind.EXPIRY,
            asked.id,
            f"{asked.name}: expires",
            asked.needs_expiry and (needed or bool(files)),
            "the day on which it expires, such as 2027-03-31",
            "" if ends is None else ends.isoformat(),
        )


def _who(leaf: Leaf, answers: CategoryAnswers) -> Iterator[Field]:
    for kind, label, ids in (
        (FieldKind.MANUFACTURER, "Manufacturer", answers.manufacturer_ids),
        (FieldKind.PERSON, "Responsible person", answers.responsible_person_ids),
    ):
        if kind.value in leaf.required or ids:
            takes = "its id as Seller Center shows it; several are parted by commas"
            yield Field(kind, "", label, kind.value in leaf.required, takes, ", ".join(ids))


def _brand(answers: CategoryAnswers) -> str:
    return answers.brand_name or (f"id {answers.brand_id}" if answers.brand_id else "")


def _weight(answers: CategoryAnswers, *, know_weight: bool) -> Field:
    takes = "kilograms, such as 0.4" + ("; Avasam knows it already" if know_weight else "")
    shown = "" if answers.weight_kg is None else f"{answers.weight_kg:f} kg"
    return Field(FieldKind.WEIGHT, "", "Package weight", not know_weight, takes, shown)


def _file(kept: KeptFile) -> str:
    size = f"{kept.size / 1024:,.0f} kB" if kept.size >= 1024 else count_of(kept.size, "byte")
    return f"{kept.name} ({kept.format}, {size})"
