"""Everything of one listing as text: what would be sent, what was, what the shop says, what happened."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from core.models.listing import PushRecord
from core.models.listing_state import ListingProblem, ListingState
from core.rules.candidate import Variant
from core.rules.description_preview import readable
from core.services.category_fields import answered
from core.services.listing_detail import Glance, Known, Sold
from core.sync.listing_links import with_names
from core.sync.listing_record import with_holds
from tui.words.states import ago


def listing_text(glance: Glance, known: Known | None, found: Sequence[ListingProblem] | str) -> str:
    """`found` are the problems that List would meet now, or words about why they are not known yet."""
    names = {} if known is None else known.names
    parts = [
        *_titles(glance, known),
        *_problems(glance.state, known, found, names),
        *_decisions(glance, known),
        *_shop(glance.state, known),
        *_history(glance.state, names),
    ]
    return "\n".join(parts).rstrip()


def _titles(glance: Glance, known: Known | None) -> Iterator[str]:
    product = glance.product
    candidate = None if known is None else known.candidate
    whose = f"a variant of {glance.front}" if glance.front != glance.sku else product.kind.value
    yield f"{glance.sku} · {whose}"
    yield f"Title        {glance.title}"
    if candidate is not None and glance.front != glance.sku:
        yield f"Listed as    {candidate.title}"
    category = "not chosen" if candidate is None else candidate.category_name or candidate.category_id
    yield f"Category     {product.category or '-'} (Avasam) · {category or 'not chosen'} (TikTok)"
    yield f"Image        {product.images[0] if product.images else 'none'}"
    if len(product.images) > 1:
        yield f"             and {len(product.images) - 1} more"
    if glance.draft is not None and glance.draft.edited_by:
        yield f"Edited by    {glance.draft.edited_by}, revision {glance.draft.revision}"
    yield ""
    yield "Description"
    text = glance.description if candidate is None else candidate.description
    yield from (f"  {line}".rstrip() for line in readable(text) or ["(none)"])


def _problems(
    state: ListingState,
    known: Known | None,
    found: Sequence[ListingProblem] | str,
    names: dict[str, str],
) -> Iterator[str]:
    held = () if known is None else known.held
    before = with_holds(state, held)
    yield ""
    yield "Problems"
    for one in before:
        yield from _problem(one, names)
    if isinstance(found, str):
        yield f"  {found}"
        return
    new = [one for one in found if (one.code, one.sku) not in {(old.code, old.sku) for old in before}]
    if new:
        yield "  List would meet now:"
    for one in new:
        yield from _problem(one, names)
    if not before and not new:
        yield "  ✔ none"


def _problem(one: ListingProblem, names: dict[str, str]) -> Iterator[str]:
    about = f" {one.sku}" if one.sku else ""
    yield f"  {'✖' if one.blocking else '-'} {with_names(one.what, names)}  ({one.field}{about}, {one.code})"
    yield f"    Fix: {one.fix}" + (f"  request {one.request_id}" if one.request_id else "")


def _decisions(glance: Glance, known: Known | None) -> Iterator[str]:
    yield ""
    yield "What would be sent"
    if known is None:
        yield "  reading…"
        return
    for question, answer in answered(known.candidate):
        yield f"  {question}: {answer}"
    mine = glance.sku != glance.front
    for one in known.candidate.variants:
        if not mine or one.sku == glance.sku:
            yield from _variant(one)
    if not known.candidate.variants:
        yield "  This parent has no variant in the inventory."


def _variant(one: Variant) -> Iterator[str]:
    sides = ", ".join(f"{side.name} {side.value}" for side in one.sides)
    yield f"  {one.sku}{f' ({sides})' if sides else ''}"
    yield f"    price     {' -> '.join(one.price_steps)}"
    yield f"    quantity  {' -> '.join(one.quantity_steps)}"


def _shop(state: ListingState, known: Known | None) -> Iterator[str]:
    yield ""
    yield "In the shop"
    yield f"  {_says(state)}"
    if state.old_version_live:
        yield "  TikTok refused the edit: buyers still see the old version"
    if known is not None and not known.sold:
        yield "  Not linked to any SKU of the shop."
    for one in () if known is None else known.sold:
        yield from _sold(one)


def _says(state: ListingState) -> str:
    if not (state.status or state.review):
        return "TikTok was not asked about it yet."
    review = " (in review)" if state.in_review else ""
    when = "" if state.read_at is None else f", read {_at(state.read_at)}"
    product = state.product_id or state.followed_id
    return f"Product {product}: {state.status}, review {state.review or 'none'}{review}{when}"


def _sold(one: Sold) -> Iterator[str]:
    shown = one.shown
    name = one.mapping.avasam_sku if shown is None or not shown.seller_sku else shown.seller_sku
    yield f"  {name} (TikTok SKU {one.mapping.sku_id}) sells {one.mapping.avasam_sku}"
    if shown is None:
        yield "    never downloaded"
    elif shown.deleted:
        yield "    TikTok no longer lists it"
    else:
        price = "no price" if shown.live_price is None else f"{shown.live_price} {shown.currency}"
        yield f"    shop shows {shown.live_quantity} at {price}, read {_at(shown.read_at)}"
    if one.pushed is not None:
        yield f"    price     {_push(one.pushed.price)}"
        yield f"    quantity  {_push(one.pushed.stock)}"


def _push(record: PushRecord) -> str:
    if record.sent is None and record.value is None:
        return "nothing sent"
    sent = f"sent {record.sent} {_at(record.sent_at)}" if record.sent is not None else "nothing sent"
    confirmed = f"confirmed {record.value} {_at(record.confirmed_at)}" if record.value else "not confirmed"
    wrong = f" · {record.state.value}: {record.error}" if record.error else ""
    return f"{sent} · {confirmed}{wrong}"


def _history(state: ListingState, names: dict[str, str]) -> Iterator[str]:
    yield ""
    yield "History, newest first"
    if not state.events:
        yield "  Nothing was done with it yet."
    for event in reversed(state.events):
        asked = f"  request {event.request_id}" if event.request_id else ""
        code = f" [{event.code}]" if event.code else ""
        yield f"  {_at(event.at)}  {event.action}: {with_names(event.text, names)}{code}{asked}"


def since(moment: datetime | None, now: datetime) -> str:
    """How long ago, for narrow columns; empty when it is not known."""
    return "" if moment is None else ago(moment, now)


def _at(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime("%d %b %H:%M:%S")
