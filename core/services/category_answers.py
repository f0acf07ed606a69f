"""What a person types as answers to a leaf category, checked before it is kept (A25)."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

from core.inventory.chosen_files import FileFault, FileSource, hash_of
from core.models.category import (
    AskedDocument,
    ChosenAttribute,
    ChosenCertificate,
    KeptFile,
    Leaf,
    LeafAttribute,
    SizeChart,
)
from core.rules.listing_files import FileKind, file_fault, format_of
from core.rules.listing_limits import ListingLimits
from core.services.errors import ServiceError
from core.text import clean_line

TEMPLATE: Final = "template:"
"""What goes before the id of a size chart's template, where a path would stand."""
_ID: Final = re.compile(r"[0-9]{1,30}")
_SHOWN: Final = 12
_LONGEST_VALUE: Final = 2000
"""Characters of a value of one's own (contract, product_attributes)."""


def attribute_named(leaf: Leaf, name: str) -> LeafAttribute:
    """A product attribute by name or id. Raises ServiceError."""
    wanted = name.strip().casefold()
    known = [one for one in leaf.attributes if not one.is_side]
    for one in known:
        if wanted in {one.name.casefold(), one.id}:
            return one
    names = ", ".join(sorted({one.name for one in known}))
    raise ServiceError(f"This category has no attribute {name!r}", f"Attributes: {names}.")


def attribute(rule: LeafAttribute, values: Sequence[str]) -> ChosenAttribute | None:
    """Values by name as they are kept; none take the attribute away. Raises ServiceError in words."""
    wanted = list(dict.fromkeys(value for one in values if (value := clean_line(one, _LONGEST_VALUE + 1))))
    if not wanted:
        return None
    ids = [rule.value_id(value) for value in wanted]
    own = [value for value, known_id in zip(wanted, ids, strict=True) if known_id is None]
    if own and not rule.takes_own:
        raise ServiceError(f"{rule.name} does not take {', '.join(own)!r}", f"It takes {_choices(rule)}.")
    if len(wanted) > 1 and not rule.takes_several:
        raise ServiceError(f"{rule.name} does not take {'|'.join(wanted)!r}: one value", "Leave one.")
    if any(len(value) > _LONGEST_VALUE for value in own):
        raise ServiceError(f"{rule.name} takes at most {_LONGEST_VALUE} characters", "Shorten it.")
    known = tuple(one for one in ids if one is not None)
    return ChosenAttribute(id=rule.id, value_ids=known, value_names=tuple(own))


def document_named(leaf: Leaf, name: str) -> AskedDocument:
    """A document that the leaf asks for or takes, by id, name or part of the name. Raises ServiceError."""
    wanted = name.strip().casefold()
    exact = [one for one in leaf.documents if wanted in {one.id, one.name.casefold()}]
    found = exact or [one for one in leaf.documents if wanted and wanted in one.name.casefold()]
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"{one.name} ({one.id})" for one in leaf.documents) or "none"
    raise ServiceError(f"This category asks for no document {name!r}", f"Documents: {names}.")


def side_named(leaf: Leaf, name: str) -> str:
    """The id of a sales attribute by name or id; empty for one of our own. Raises ServiceError."""
    wanted = name.strip().casefold()
    if not wanted:
        return ""
    sides = [one for one in leaf.attributes if one.is_side]
    for one in sides:
        if wanted in {one.name.casefold(), one.id}:
            return one.id
    names = ", ".join(one.name for one in sides) or "none"
    raise ServiceError(f"This category has no sales attribute {name!r}", f"Sales attributes: {names}.")


def ids(text: str, what: str) -> tuple[str, ...]:
    """Ids parted by commas or spaces. Raises ServiceError for what is none."""
    found = tuple(dict.fromkeys(part for part in re.split(r"[\s,;]+", text) if part))
    odd = next((one for one in found if not _ID.fullmatch(one)), None)
    if odd is not None:
        raise ServiceError(
            f"{clean_line(odd, 30)!r} is no id of a {what}",
            "Type the number that Seller Center shows; several are parted by commas.",
        )
    return found


def expiry(text: str, today: date) -> date | None:
    """The day on which a document expires; empty for none. Raises ServiceError for a day that is over."""
    if not text.strip():
        return None
    try:
        found = date.fromisoformat(text.strip())
    except ValueError:
        raise ServiceError(f"{clean_line(text, 30)!r} is not a day", "Type it as 2027-03-31.") from None
    if found <= today:
        raise ServiceError(f"{found} is over: the document is not valid any more", "Choose a valid one.")
    return found


async def chosen_file(source: FileSource, kind: FileKind, path: str, limits: ListingLimits) -> KeptFile:
    """A file as it is now, its path made absolute. Raises ServiceError when TikTok would not take it."""
    full = _absolute(path)
    shown = clean_line(full, 300)
    try:
        content = await source.open(full, most=kind.bytes_most(limits))
    except FileFault as fault:
        raise ServiceError(f"{shown} {fault}", f"Type the path of a {kind}.") from None
    wrong = file_fault(kind, content, limits)
    if wrong is not None:
        _, what, fix = wrong
        raise ServiceError(f"{shown} {what}", fix)
    return KeptFile(
        path=full, content_hash=hash_of(content), size=len(content), format=format_of(content) or ""
    )


async def size_chart(source: FileSource, text: str, limits: ListingLimits) -> SizeChart | None:
    """`template:ID`, or the path of a picture; empty for none. Raises ServiceError."""
    typed = text.strip()
    if not typed:
        return None
    if typed.casefold().startswith(TEMPLATE):
        number = typed[len(TEMPLATE) :].strip()
        if not _ID.fullmatch(number):
            raise ServiceError(f"{clean_line(number, 30)!r} is no id of a template", "Type template:123456.")
        return SizeChart(template_id=number)
    return SizeChart(file=await chosen_file(source, FileKind.SIZE_CHART, typed, limits))


async def certificate(
    source: FileSource,
    asked: AskedDocument,
    paths: Sequence[str],
    limits: ListingLimits,
    *,
    expires_on: date | None = None,
) -> ChosenCertificate | None:
    """The files for one document; None without any. Raises ServiceError for the first that will not do."""
    files = [
        await chosen_file(source, FileKind.CERTIFICATE, path, limits)
        for path in dict.fromkeys(paths)
        if path.strip()
    ]
    if not files:
        return None
    return ChosenCertificate(id=asked.id, files=tuple(files), expires_on=expires_on)


def _absolute(path: str) -> str:
    try:
        return str(Path(path.strip()).expanduser().absolute())
    except (RuntimeError, ValueError, OSError) as error:
        raise ServiceError(f"{clean_line(path, 200)} is no path: {error}", "Type a path.") from None


def _choices(rule: LeafAttribute) -> str:
    names = [name for _, name in rule.values]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return (", ".join(names[:_SHOWN]) or "a value") + more
