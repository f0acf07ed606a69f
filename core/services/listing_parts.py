"""What a row of the Listing Manager is made from: light tuples of products, drafts and states, by field."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from html import unescape
from sys import intern
from typing import Any, Final, cast

from core.models.listing_state import Action, Deed, ListingProblem, ListingState
from core.rules.listing_status import StatusShown, listing_status
from core.store import Document, Json
from core.text import clean_line

Part = tuple[Json, ...]
"""Only strings, numbers and None: the collector passes over such tuples."""

GOODS_FIELDS: Final = (
    *("kind", "parent_sku", "title", "description", "category", "stock", "cost_ex", "shipping_ex"),
    *("selling_price", "currency", "images", "missing"),
    *("vat_percent", "supplier", "supplier_key", "category_id"),
)
"""The last line is for pricing rules alone."""
DRAFT_FIELDS: Final = (
    *("avasam_sku", "title", "typed_price", "shipping_ex", "rule_id", "collection", "listed_here"),
    "description",
)
STATE_FIELDS: Final = (
    *("avasam_sku", "deed", "action", "in_review", "old_version_live", "queued_until", "status"),
    *("category_id", "problems", "channel_problems"),
)
PARENT, TITLE, CATEGORY, STOCK, OWN_PRICE, MISSING = (
    GOODS_FIELDS.index(name)
    for name in ("parent_sku", "title", "category", "stock", "selling_price", "missing")
)
CHANNEL_CATEGORY: Final = STATE_FIELDS.index("category_id")
TYPED_PRICE, TYPED_SHIPPING, RULE = (
    DRAFT_FIELDS.index(name) for name in ("typed_price", "shipping_ex", "rule_id")
)
NO_DRAFT: Final[Part] = (None,) * len(DRAFT_FIELDS)

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*(?:>|$)")
_HTML_READ: Final = 3
"""How many times as much is read of a text with tags: they take much of its room."""
_SNIPPET: Final = 160
"""How much of a description a row holds: a cell shows less, the whole text is read when it is opened."""


def picked(document: Document, fields: Sequence[str]) -> Part:
    """These fields of a document, as `Store.columns` would give them."""
    return tuple(document.get(name) for name in fields)


def goods_of(values: Part, shared: dict[str, str]) -> Part:
    """A product; `shared` keeps one copy of texts that many have."""
    kind, parent, title, description, category, stock, cost, shipping, own, currency, *rest = values
    images, missing, *for_rules = rest
    return (
        _one_of(shared, kind),
        _one_of(shared, parent),
        title,
        snippet(description),
        _one_of(shared, category),
        stock,
        cost,
        shipping,
        own,
        _one_of(shared, currency),
        images[0] if isinstance(images, list) and images else None,
        bool(missing),
        *(_one_of(shared, one) for one in for_rules),
    )


def draft_of(values: Part) -> Part:
    """A draft."""
    *rest, description = values
    return (*rest, None if description is None else snippet(description))


def with_edits(draft: Part | None, edits: Mapping[str, Json]) -> Part:
    """A draft as it will be once these fields are saved."""
    before = draft or NO_DRAFT
    changed = {**dict(zip(DRAFT_FIELDS, before, strict=True)), **edits}
    return draft_of(tuple(changed[name] for name in DRAFT_FIELDS))


def state_of(values: Part) -> Part:
    """A state; lists of problems are kept only where there is one."""
    *rest, status, category, ours, theirs = values
    return (*rest, intern(str(status or "")), category, ours or None, theirs or None)


def status_of(state: Part | None, *, linked: bool, listed_here: bool) -> StatusShown:
    """The status of a row from its state."""
    if state is None:
        return listing_status(linked=linked, listed_here=listed_here, state=None)
    if state[-2] is None and state[-1] is None:
        return _quiet_status(state[1:CHANNEL_CATEGORY], linked, listed_here)
    return listing_status(linked=linked, listed_here=listed_here, state=_state(state))


def problems_of(state: Part | None) -> list[tuple[str, str]]:
    """(code, SKU of the variant or empty) of every problem, ours first."""
    if state is None:
        return []
    return [(one.code, one.sku) for side in state[-2:] for one in _problems(side)]


def amount(value: Json) -> Decimal | None:
    """An amount of money as documents hold it."""
    return None if value is None else Decimal(str(value))


def snippet(text: Json) -> str:
    """The beginning of a long text without its tags, on one line; it was cleaned where it entered."""
    if not isinstance(text, str):
        return ""
    head = text[: _SNIPPET + 1]
    if "<" in head or "&" in head:
        head = clean_line(unescape(_TAG.sub(" ", text[: _HTML_READ * _SNIPPET])), _HTML_READ * _SNIPPET)
    return " ".join(head.split())[:_SNIPPET]


def _one_of(shared: dict[str, str], value: Json) -> str | None:
    return shared.setdefault(value, value) if isinstance(value, str) else None


@lru_cache(maxsize=1024)
def _quiet_status(facts: Part, linked: bool, listed_here: bool) -> StatusShown:
    state = _state((None, *facts, "", None, None))
    return listing_status(linked=linked, listed_here=listed_here, state=state)


def _state(state: Part) -> ListingState:
    """What the rules look at, without the cost of checking again what a model has written."""
    _, deed, action, in_review, old_version_live, until, status, category_id, ours, theirs = state
    return ListingState.model_construct(
        integration_id="",
        avasam_sku="",
        deed=Deed(str(deed)),
        action=None if action is None else Action(str(action)),
        in_review=bool(in_review),
        old_version_live=bool(old_version_live),
        queued_until=None if until is None else datetime.fromisoformat(str(until)),
        status=str(status or ""),
        category_id=str(category_id or ""),
        problems=_problems(ours),
        channel_problems=_problems(theirs),
    )


def _problems(side: Json) -> tuple[ListingProblem, ...]:
    rows = cast("list[dict[str, Any]]", side or [])
    return tuple(ListingProblem.model_construct(**row) for row in rows)
