"""Opens what answers one field of the category form: a list of values, brands, or a line to type on."""

from collections.abc import Sequence
from typing import Final

from textual.widget import Widget

from core.services.category_answers import attribute
from core.services.category_desk import CategoryDesk
from core.services.category_fields import Field, FieldKind
from core.services.errors import ServiceError
from core.text import words_of
from tui.screens.listings.pick_values import Offer, PickValues
from tui.screens.listings.type_in import TypeIn

_OWN: Final = "a sales attribute of your own"
_ASK_SECONDS: Final = 0.2
"""How long typing has to rest before the shop is asked for brands."""


async def answer(screen: Widget, desk: CategoryDesk, field: Field) -> bool:
    """Let a person answer it; whether the answers changed. Raises ServiceError for what cannot be kept."""
    if field.kind is FieldKind.BRAND:
        return await _brand(screen, desk)
    if field.kind is FieldKind.SIDE:
        return await _side(screen, desk, field)
    if field.kind is FieldKind.ATTRIBUTE:
        return await _attribute(screen, desk, field)
    return await _typed(screen, desk, field)


async def _attribute(screen: Widget, desk: CategoryDesk, field: Field) -> bool:
    rule, chosen = desk.rule(field), desk.values(field)
    names = [name for _, name in rule.values]
    known = {name.casefold() for name in names}
    own = [name for name in chosen if name.casefold() not in known]

    async def find(text: str) -> Sequence[Offer]:
        typed = text.strip()
        words = words_of(typed)
        every = [*own, *names]
        offers = [Offer(name, name) for name in every if all(word in name.casefold() for word in words)]
        if not typed and chosen and not rule.takes_several:
            offers.insert(0, Offer("", "(none)"))
        if typed and rule.takes_own and typed.casefold() not in {name.casefold() for name in every}:
            attribute(rule, [typed])
            offers.append(Offer(typed, f"your own: {typed}"))
        return offers

    picked = await screen.app.push_screen_wait(
        PickValues(field.label, field.takes, find, chosen=chosen, several=rule.takes_several)
    )
    if picked is None:
        return False
    desk.set_values(field, picked)
    return True


async def _brand(screen: Widget, desk: CategoryDesk) -> bool:
    seen = {}

    async def find(text: str) -> Sequence[Offer]:
        brands = await desk.brands(text)
        seen.update({one.id: one for one in brands})
        offers = [
            Offer(
                one.id,
                f"{one.name}   {'✔ authorised' if one.is_authorised else '! not authorised for this shop'}",
            )
            for one in brands
        ]
        return [Offer("", "(no brand)"), *offers] if not text.strip() else offers

    takes = "Brands of TikTok's list. One that is not authorised may be refused in review."
    chosen = [desk.answers.brand_id] if desk.answers.brand_id else []
    picked = await screen.app.push_screen_wait(
        PickValues("Brand", takes, find, chosen=chosen, pause=_ASK_SECONDS)
    )
    if picked is None:
        return False
    desk.set_brand(seen[picked[0]] if picked else None)
    return True


async def _side(screen: Widget, desk: CategoryDesk, field: Field) -> bool:
    async def find(text: str) -> Sequence[Offer]:
        names = [Offer(name, name) for _, name in desk.sides() if text.casefold() in name.casefold()]
        return [*names, Offer("", _OWN)]

    title = f"What is Avasam's {field.name} on TikTok?"
    picked = await screen.app.push_screen_wait(PickValues(title, field.takes, find))
    if picked is None:
        return False
    await desk.set(field, picked[0] if picked else "")
    return True


async def _typed(screen: Widget, desk: CategoryDesk, field: Field) -> bool:
    async def check(text: str) -> str:
        after = await desk.check(field, text)
        if not text.strip():
            return "" if not desk.typed(field) else "The answer is taken away."
        return desk.words_for(field, after)

    paths = field.kind in {FieldKind.SIZE_CHART, FieldKind.CERTIFICATE}
    text = await screen.app.push_screen_wait(
        TypeIn(field.label, field.takes, desk.typed(field), check, paths=paths)
    )
    if text is None:
        return False
    await desk.set(field, text)
    return True


async def take_away(desk: CategoryDesk, field: Field) -> None:
    """No answer. Raises ServiceError where there must be one."""
    if field.kind is FieldKind.BRAND:
        desk.set_brand(None)
    elif field.kind is FieldKind.ATTRIBUTE:
        desk.set_values(field, ())
    elif field.kind is FieldKind.SIDE:
        raise ServiceError("What varies always stands for something", "Choose another sales attribute.")
    else:
        await desk.set(field, "")
