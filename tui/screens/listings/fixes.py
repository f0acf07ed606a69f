"""What cures a cause of problems, opened once for all of its rows (domain.md A32)."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from textual.screen import Screen

from core.models.integration import Integration
from core.rules.triage import Cause
from core.services import listing_values
from core.services.errors import ServiceError
from core.services.listing_detail import DetailService, Glance
from core.services.listings import Asked
from core.services.triage import TriageService
from tui.person import who
from tui.screens.ask import Ask
from tui.screens.choose import Choose
from tui.screens.confirm_many import ConfirmMany
from tui.screens.listings.category import CategoryForm
from tui.screens.listings.description import DescriptionEditor
from tui.screens.listings.rules import PricingRules
from tui.session import Session
from tui.words.listing_actions import rows

_TYPED: Final[dict[str, tuple[str, str, Callable[[str], object]]]] = {
    "title": ("title", "a title for TikTok", listing_values.title),
    "price": ("typed_price", "a selling price with VAT, such as 12.99", listing_values.price),
    "weight": ("weight_kg", "the package's weight in kilograms, such as 0.4", listing_values.weight),
    "size": ("size_cm", "length x width x height in centimetres, such as 30x20x12", listing_values.size),
}
"""Field of a problem -> field of a listing, what to type, and how it is checked."""
_OF_A_CATEGORY: Final = frozenset({"category", "attributes", "brand"})
_WAYS: Final = {
    **{field: f"type {hint} once" for field, (_, hint, _) in _TYPED.items()},
    "price": "type a price once, or let a pricing rule work it out",
    "description": "edit the description once",
    **dict.fromkeys(_OF_A_CATEGORY, "choose category, attributes and brand once"),
}

_COMPARED: Final = 20
"""Rows whose texts are read to see whether they are one and the same."""


def way(field: str) -> str:
    """What `e` opens for a field, in words; empty where Avasam or Seller Center must cure it."""
    return _WAYS.get(field, "")


async def fix(
    screen: Screen[Any], session: Session, integration: Integration, cause: Cause
) -> Sequence[Asked] | None:
    """Open the editor, apply it to all rows, try them again; the jobs, or None when nothing was changed.

    Raises ServiceError for what was typed and is not right.
    """
    service = TriageService(session.backend)
    if cause.field in _OF_A_CATEGORY:
        return await _categorise(screen, session, integration, cause)
    if cause.field == "price" and await _by_rule(screen):
        skus = await service.targets(cause, ["typed_price"])
        changed = await screen.app.push_screen_wait(PricingRules(session, integration, skus))
        return await service.retry(integration, cause.id, by=who()) if changed else None
    typed = await _typed(screen, session, integration, cause)
    if typed is None:
        return None
    field, value = typed
    targets = await service.targets(cause, [field])
    question = f"Give {rows(len(targets))} the same {cause.field}?"
    detail = "They are tried again right away."
    if len(targets) > 1 and not await screen.app.push_screen_wait(
        ConfirmMany(question, targets, detail, "Apply")
    ):
        return None
    return (await service.fix(integration, cause.id, {field: value}, by=who())).asked


async def _typed(
    screen: Screen[Any], session: Session, integration: Integration, cause: Cause
) -> tuple[str, object] | None:
    """The field of a listing and its checked value; None when the person left."""
    if cause.field == "description":
        text = await _common(session, integration, cause, lambda glance: glance.description)
        title = f"{rows(cause.count)}, which get the same one" if cause.count > 1 else cause.skus[0]
        editor = DescriptionEditor(title, text, integration.shop.region)
        edited = await screen.app.push_screen_wait(editor)
        if edited is None or (cause.count > 1 and not edited.strip()):
            return None
        return "description", listing_values.description(edited)
    field, hint, check = _TYPED[cause.field]
    value = "" if field != "title" else await _common(session, integration, cause, lambda one: one.title)
    asked = Ask(f"For {rows(cause.count)}: {cause.field}", hint, value=value)
    typed = await screen.app.push_screen_wait(asked)
    return None if typed is None else (field, check(typed))


async def _common(
    session: Session, integration: Integration, cause: Cause, text_of: Callable[[Glance], str]
) -> str:
    """The text that all of its rows have, whole: a list's row holds only the beginning of a long one.

    Empty when they differ: one product's is not another's.
    """
    if len(cause.skus) > _COMPARED:
        return ""
    details = DetailService(session.backend, integration)
    texts = {text_of(await details.glance(sku)) for sku in cause.skus}
    return texts.pop() if len(texts) == 1 else ""


async def _categorise(
    screen: Screen[Any], session: Session, integration: Integration, cause: Cause
) -> Sequence[Asked] | None:
    form = CategoryForm(session, integration, list(cause.skus))
    saved = await screen.app.push_screen_wait(form)
    if saved is None:
        return None
    return await TriageService(session.backend).retry(integration, cause.id, by=who())


async def _by_rule(screen: Screen[Any]) -> bool:
    menu = [("typed", "Type one price for all"), ("rule", "Let a pricing rule work it out")]
    chosen = await screen.app.push_screen_wait(Choose("Price", menu))
    if chosen is None:
        raise ServiceError("Nothing was changed", "e opens the choice again.")
    return chosen == "rule"
