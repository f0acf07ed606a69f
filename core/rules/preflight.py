"""Everything that TikTok would refuse about a listing, found before any call is made (A26).

Every problem of every variant at once: each with a code, the field that cures it, plain words, and the fix.
"""

import re
import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from core.models.listing_state import ListingProblem
from core.rules.candidate import Candidate, CategoryState
from core.rules.description import description_faults
from core.rules.leaf_answers import is_needed, leaf_problems
from core.rules.listing_limits import ListingLimits, limits_for
from core.rules.preflight_images import image_problems
from core.rules.preflight_variants import variant_problems

_ENTITY: Final = re.compile(r"&(?:[a-zA-Z]+|#\d+);")
_PICTOGRAM: Final = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff\ufe0f]")
_HAN: Final = re.compile("[\u3400-\u9fff]")
_HAN_MARKETS: Final = frozenset({"JP"})
_PREREQUISITES: Final = {
    "SHOP_STATUS": "the shop's status",
    "SHOP_TAX": "the shop's tax details",
    "PICKUP_WAREHOUSE": "a pick-up warehouse",
    "RETURN_WAREHOUSE": "a return warehouse",
    "DELIVERY_OPTION": "a delivery option",
    "SHIPPING_TEMPLATE": "a shipping template",
    "EXTENDED_PRODUCER_RESPONSIBILITY": "extended producer responsibility",
    "BANk_ACCOUNT": "a bank account",
    "CONTACT_INFO": "contact details",
}
_LEAST_KG: Final = Decimal("0.001")
"""Kilograms carry three decimals (tiktok-shop-api §6): less is none, which TikTok refuses (12052181)."""
QUOTA: Final = "PRODUCT_QUANTITY_LIMIT"
"""TikTok's name of the daily listing quota: it stops nobody for good, so it is no problem of a listing."""


def preflight(candidate: Candidate) -> list[ListingProblem]:
    """Every problem, in the order of the fields; those that only deserve a look are not `blocking`."""
    limits = limits_for(candidate.region)
    return [
        *_title(candidate, limits),
        *(
            ListingProblem(code=code, field="description", what=what, fix=fix)
            for code, what, fix in description_faults(candidate.description, limits)
        ),
        *_category(candidate),
        *leaf_problems(candidate),
        *_attributes(candidate),
        *image_problems(candidate, limits),
        *_package(candidate, limits),
        *variant_problems(candidate, limits),
        *_shop(candidate),
    ]


def blocking(problems: list[ListingProblem]) -> list[ListingProblem]:
    """Those for which nothing is sent."""
    return [one for one in problems if one.blocking]


def _title(candidate: Candidate, limits: ListingLimits) -> Iterator[ListingProblem]:
    title = candidate.title

    def problem(code: str, what: str, fix: str) -> ListingProblem:
        return ListingProblem(code=code, field="title", what=what, fix=fix)

    if not title.strip():
        yield problem("title-missing", "The title is empty", "Type a title.")
        return
    if len(title) > limits.title_most:
        what = f"The title has {len(title)} characters; TikTok takes {limits.title_most}"
        yield problem("title-long", what, "Shorten the title.")
    if len(title) < limits.title_least:
        what = f"The title has {len(title)} characters; this market asks for {limits.title_least}"
        yield problem("title-short", what, "Say more: brand, material, size, use.")
    if _PICTOGRAM.search(title):
        yield problem("title-emoji", "The title has an emoji or pictogram", "Take it out.")
    if _ENTITY.search(title):
        yield problem(
            "title-html", "The title has an HTML escape such as &amp;", "Write the character itself."
        )
    if any(unicodedata.category(character) == "Cc" for character in title):
        yield problem("title-control", "The title has control characters", "Type it anew.")
    if not any(character.isalnum() for character in title):
        yield problem("title-symbols", "The title has only symbols", "Use words.")
    if re.search(rf"(.)\1{{{limits.title_repeats}}}", title):
        what = f"A character of the title is repeated more than {limits.title_repeats} times"
        yield problem("title-repeats", what, "Shorten the repetition.")
    if candidate.region not in _HAN_MARKETS and _HAN.search(title):
        yield problem(
            "title-chinese", "The title has Chinese characters", "Write it in the market's language."
        )


def _category(candidate: Candidate) -> Iterator[ListingProblem]:
    words = {
        CategoryState.NONE: (
            "category-missing",
            "No TikTok category is chosen",
            "Choose a leaf category; it is remembered for its Avasam category.",
        ),
        CategoryState.VANISHED: (
            "category-vanished",
            f"The TikTok category {candidate.category_id} is not in this shop's tree any more",
            "Choose another category.",
        ),
        CategoryState.NOT_LEAF: (
            "category-not-leaf",
            f"The TikTok category {candidate.category_name or candidate.category_id} has categories below it",
            "Choose one of those below it.",
        ),
        CategoryState.CLOSED: (
            "category-closed",
            f"This shop may not sell in {candidate.category_name or candidate.category_id}",
            "Apply for it in Seller Center, or choose another category.",
        ),
        CategoryState.UNCHECKED: (
            "category-unchecked",
            "The shop's categories could not be read, so the category was not checked",
            "Nothing: it is checked before anything is sent.",
        ),
    }
    found = words.get(candidate.category_state)
    if found is not None:
        code, what, fix = found
        blocks = candidate.category_state is not CategoryState.UNCHECKED
        yield ListingProblem(code=code, field="category", what=what, fix=fix, blocking=blocks)


def _attributes(candidate: Candidate) -> Iterator[ListingProblem]:
    if candidate.leaf is None:
        return
    known = {one.id: one for one in candidate.leaf.attributes if not one.is_side}
    chosen = {one.id: one for one in candidate.attributes}

    def problem(code: str, what: str, fix: str) -> ListingProblem:
        return ListingProblem(code=code, field="attributes", what=what, fix=fix)

    for one in known.values():
        given = chosen.get(one.id)
        needed = is_needed(one.needed_when, candidate.attributes, always=one.is_required)
        if needed and (given is None or not (given.value_ids or given.value_names)):
            choices = ", ".join(name for _, name in one.values[:6])
            yield problem("attribute-missing", f"{one.name} is required", f"Choose {choices or 'a value'}.")
    for given in chosen.values():
        rule = known.get(given.id)
        if rule is None:
            what = f"The attribute {given.id} is not of this category"
            yield problem("attribute-unknown", what, "Take it out.")
            continue
        if not rule.takes_several and len(given.value_ids) + len(given.value_names) > 1:
            yield problem("attribute-single", f"{rule.name} takes one value", "Leave one.")
        if given.value_names and not rule.takes_own:
            what = f"{rule.name} takes none of its own: {', '.join(given.value_names)}"
            yield problem("attribute-custom", what, "Choose from the list.")
        if not set(given.value_ids) <= {value for value, _ in rule.values}:
            yield problem(
                "attribute-value", f"A value of {rule.name} is not known any more", "Choose it anew."
            )


def _package(candidate: Candidate, limits: ListingLimits) -> Iterator[ListingProblem]:
    weight = candidate.weight_kg

    def problem(code: str, field: str, what: str, fix: str) -> ListingProblem:
        return ListingProblem(code=code, field=field, what=what, fix=fix)

    if weight is None:
        fix = "Type the weight of the package in kilograms."
        yield problem("weight-missing", "weight", "The weight is not known", fix)
    elif not _LEAST_KG <= weight <= limits.weight_most_kg:
        what = f"The weight is {weight:f} kg; TikTok takes {_LEAST_KG} to {limits.weight_most_kg} kg"
        yield problem("weight-limits", "weight", what, "Correct the weight.")
    needs_size = candidate.leaf is not None and "package_dimension" in candidate.leaf.required
    if candidate.size_cm is None and needs_size:
        fix = "Type length, width and height of the package in centimetres."
        yield problem("size-missing", "size", "This category asks for the package's size", fix)
    if candidate.size_cm is not None and any(side <= 0 for side in candidate.size_cm):
        yield problem("size-limits", "size", "A side of the package is not more than 0", "Correct the size.")


def _shop(candidate: Candidate) -> Iterator[ListingProblem]:
    if candidate.facts is None:
        return
    if candidate.facts.home() is None:
        yield ListingProblem(
            code="warehouse-missing",
            field="shop",
            what="The shop has no enabled warehouse that sells",
            fix="Enable one in Seller Center.",
        )
    for item, why in candidate.facts.unmet:
        if item != QUOTA:
            yield ListingProblem(
                code="shop-not-ready",
                field="shop",
                what=f"The shop lacks {_PREREQUISITES.get(item, item)}" + (f": {why}" if why else ""),
                fix="Complete it in Seller Center.",
            )
