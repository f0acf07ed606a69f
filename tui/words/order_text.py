"""One order in full: lines and mapping, deadlines, address, decision and timeline (domain.md A48)."""

from collections.abc import Iterator
from datetime import datetime

from core.models.order import Address, Order
from core.models.part import OrderPart
from core.services.orders import Group, OrderDetail
from core.text import clean_text
from core.wording import count_of
from tui.words.orders import KINDS, STATES, countdown
from tui.words.states import ago

_LONGEST = 200_000
_MASKED = "hidden by TikTok, which ships it itself; nobody can unmask it"


def order_text(detail: OrderDetail, now: datetime) -> str:
    """Plain text under headings, as it is shown, copied and kept."""
    return clean_text("\n".join(_sections(detail, now)), _LONGEST)


def _sections(detail: OrderDetail, now: datetime) -> Iterator[str]:
    order, source = detail.order, detail.order.source
    shop = "(removed)" if detail.integration is None else detail.integration.name
    yield f"{STATES[order.state].text} · {KINDS[order.kind]} · {shop}"
    yield f"TikTok says {source.status}; placed {ago(source.created_at, now)} ago ({_at(source.created_at)})"
    if source.flags():
        yield f"Flagged: {', '.join(source.flags())}"
    if order.verdict_words:
        yield f"Decided: {order.verdict_words}"
    if detail.cure is not None:
        yield from _titled("Why it waits", [detail.cure.what, *_cure_lines(detail, now)])
    yield from _titled(f"Lines ({_counted(detail)})", [_line(group) for group in detail.groups])
    yield from _titled("Deadlines", _deadlines(order, now))
    service = order.allocated_service or "none: its delivery option is not mapped"
    option = source.delivery_option_name or source.delivery_option_id or "none"
    yield from _titled(
        "Shipping",
        [
            f"TikTok's delivery option: {option}",
            f"Avasam's service: {service}",
            f"Tracking number: {source.tracking_number or 'none yet'}",
        ],
    )
    if order.parts:
        yield from _titled("At Avasam", [line for part in order.parts for line in _part(part)])
    yield from _titled("Address", _address(source.address))
    if source.buyer_message:
        yield from _titled("The buyer writes", [source.buyer_message])
    yield from _titled("Decision", [*order.steps])
    yield from _titled("Timeline", [f"{_at(event.at)}  {event.text}" for event in order.timeline])


def _titled(title: str, lines: list[str]) -> Iterator[str]:
    yield ""
    yield title
    yield from (f"  {line}" for line in lines or ["none"])


def _cure_lines(detail: OrderDetail, now: datetime) -> list[str]:
    cure = detail.cure
    if cure is None:
        return []
    lines = [f"What to do now: {cure.now}"]
    if cure.expected is not None:
        lines.append(f"Expected: {countdown(cure.expected, now)} ({_at(cure.expected)})")
    if cure.command is not None:
        lines.append(f"Command: {cure.command}")
    return lines


def _counted(detail: OrderDetail) -> str:
    """`2 lines, 3 units`."""
    lines, units = len(detail.groups), len(detail.order.source.lines)
    counted = count_of(lines, "line")
    return counted if lines == units else f"{counted}, {count_of(units, 'unit')}"


def _line(group: Group) -> str:
    line = group.line
    name = line.seller_sku or line.sku_id
    mapped = f"-> {line.avasam_sku}" if line.avasam_sku else "not mapped: not sent to Avasam"
    total = "" if group.total is None else f"  {group.total} {line.currency}"
    title = " · ".join(part for part in (line.title, line.variation) if part)
    return f"{group.units} x {name}  {mapped}{total}\n      {title}"


def _part(part: OrderPart) -> Iterator[str]:
    items = ", ".join(f"{item.units} x {item.sku}" for item in part.items)
    number = f" as {part.number}" if part.number else ""
    yield f"{part.reference}{number}: {part.state}{f', {part.status}' if part.status else ''}  ({items})"
    if part.tracking_number:
        known = "TikTok has it" if part.is_returned else "not at TikTok yet"
        yield f"    tracking {part.tracking_number} {part.carrier}, {known}"
    for why in (part.refusal, part.obstacle):
        if why:
            yield f"    {why}"
    if part.first_tried_at is not None and part.attempts > 1:
        yield f"    asked {count_of(part.attempts, 'time')} since {_at(part.first_tried_at)}"


def _deadlines(order: Order, now: datetime) -> list[str]:
    named = {
        "Ship by": order.source.ship_by,
        "Cancelled by TikTok": order.source.cancel_by,
        "Answer the buyer's wish to cancel": order.answer_cancel_by,
        "Deleted here (not on TikTok) if still unmapped": order.purge_at,
    }
    return [
        f"{name}: {countdown(moment, now)} ({_at(moment)})"
        for name, moment in named.items()
        if moment is not None
    ]


def _address(address: Address) -> list[str]:
    """Only as far as TikTok gives it; masked parts stay as they came."""
    place = " ".join(part for part in (address.postcode, address.city) if part)
    parts = (address.name, address.line, place, address.region, address.country, address.phone, address.email)
    given = [part for part in parts if part]
    return [*given, *((_MASKED,) if address.masked else ())] or ["not given yet"]


def _at(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
