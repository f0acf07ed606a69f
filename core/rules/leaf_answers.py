"""What a leaf asks beyond its attributes: size chart, certificates, who made it (tiktok-shop-api §7)."""

from collections.abc import Iterable, Iterator
from typing import Final

from core.models.category import ChosenAttribute, KeptFile, Leaf
from core.models.listing_state import ListingProblem
from core.rules.candidate import Candidate

_ANSWERED: Final = frozenset(
    {"package_dimension", "seller_sku", "size_chart", "manufacturer", "responsible_person"}
)
"""What is asked for and has a field here; the rest can only be brought in Seller Center."""
_WHO: Final = (
    ("manufacturer", "a manufacturer", "manufacturer_ids"),
    ("responsible_person", "a responsible person", "responsible_person_ids"),
)


def is_needed(
    conditions: Iterable[tuple[str, str]], attributes: Iterable[ChosenAttribute], *, always: bool
) -> bool:
    """Whether it must be there: always, or because one of the conditions is chosen."""
    chosen = {(one.id, value) for one in attributes for value in one.value_ids}
    return always or any(condition in chosen for condition in conditions)


def leaf_problems(candidate: Candidate) -> Iterator[ListingProblem]:
    """What the leaf asks for and does not get, and chosen files that cannot be sent."""
    leaf = candidate.leaf
    if leaf is None:
        return
    for name in leaf.required:
        if name not in _ANSWERED:
            plain = name.replace("_", " ")
            what = f"This category asks for {plain}, which this program cannot send"
            fix = "List it in Seller Center and map it, or choose another category."
            yield _problem(f"needs-{name}", "category", what, fix)
    yield from _size_chart(candidate, leaf)
    yield from _certificates(candidate, leaf)
    for name, plain, field in _WHO:
        if name in leaf.required and not getattr(candidate, field):
            fix = "Type its id, as Seller Center shows it."
            yield _problem(f"{name.replace('_', '-')}-missing", name, f"This category asks for {plain}", fix)


def _size_chart(candidate: Candidate, leaf: Leaf) -> Iterator[ListingProblem]:
    chart = candidate.size_chart
    if chart is None:
        if "size_chart" in leaf.required:
            fix = "Choose a picture of the sizes."
            yield _problem("size-chart-missing", "size_chart", "This category asks for a size chart", fix)
        return
    if chart.file is not None:
        yield from _file(candidate, chart.file, "The size chart", "size_chart")


def _certificates(candidate: Candidate, leaf: Leaf) -> Iterator[ListingProblem]:
    chosen = {one.id: one for one in candidate.certificates}
    for asked in leaf.documents:
        given = chosen.get(asked.id)
        needed = is_needed(asked.needed_when, candidate.attributes, always=asked.is_required)
        if given is None or not given.files:
            if needed:
                what = f"This category asks for a document: {asked.name}"
                yield _problem("certificate-missing", "certificates", what, "Choose its picture or PDF.")
            continue
        if asked.needs_expiry and given.expires_on is None:
            what = f"{asked.name} needs the day on which it expires"
            yield _problem("certificate-expiry", "certificates", what, "Type it as 2027-03-31.")
        for kept in given.files:
            yield from _file(candidate, kept, asked.name, "certificates")
        if candidate.certificates_remembered:
            what = f"{asked.name} ({', '.join(kept.name for kept in given.files)}) is that of the category"
            fix = "Check that it covers this product, or choose another one for it."
            yield _problem("certificate-remembered", "certificates", what, fix, blocking=False)


def _file(candidate: Candidate, kept: KeptFile, which: str, field: str) -> Iterator[ListingProblem]:
    fault = (candidate.files or {}).get(kept)
    if fault is not None:
        code, what, fix = fault
        yield _problem(code, field, f"{which}: {kept.path} {what}", fix)


def _problem(code: str, field: str, what: str, fix: str, *, blocking: bool = True) -> ListingProblem:
    return ListingProblem(code=code, field=field, what=what, fix=fix, blocking=blocking)
