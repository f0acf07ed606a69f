"""Answers to a leaf category as options: `listings set` and `categories choose` share them (A25)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.category import ChosenCertificate, Leaf
    from core.models.integration import Integration

AttributeOption = Annotated[
    list[str] | None,
    typer.Option("--attribute", help="Name=Value of the TikTok category; several values: Name=One|Two."),
]
SizeChartOption = Annotated[
    str | None,
    typer.Option("--size-chart", help="Path of a picture, or template:ID; empty takes it away."),
]
CertificateOption = Annotated[
    list[str] | None,
    typer.Option("--certificate", help="Document=path|path: pictures or PDFs for what the category asks."),
]
ExpiryOption = Annotated[
    list[str] | None,
    typer.Option("--certificate-expires", help="Document=2027-03-31: the day on which it expires."),
]
ManufacturerOption = Annotated[
    str | None, typer.Option("--manufacturer", help="Its id in Seller Center; several are parted by commas.")
]
PersonOption = Annotated[
    str | None, typer.Option("--responsible-person", help="As --manufacturer, of the responsible person.")
]
SideOption = Annotated[
    list[str] | None,
    typer.Option(
        "--side", help="For what varies, Avasam's name=sales attribute: Shade=Colour; Shade= is own."
    ),
]
OnlyThese = Annotated[
    bool, typer.Option("--only-these", help="Do not remember it for the rows' Avasam categories.")
]


@dataclass(frozen=True, slots=True)
class LeafAnswers:
    """The options as they were typed; None and empty lists were not given."""

    attributes: Sequence[str] | None = None
    size_chart: str | None = None
    certificates: Sequence[str] | None = None
    expires: Sequence[str] | None = None
    manufacturer: str | None = None
    person: str | None = None
    sides: Sequence[str] | None = None

    @property
    def given(self) -> bool:
        """Whether there is any."""
        lists = (self.attributes, self.certificates, self.expires, self.sides)
        texts = (self.size_chart, self.manufacturer, self.person)
        return any(lists) or any(text is not None for text in texts)


async def choose(
    backend: "Backend",
    shop: "Integration",
    rows: Sequence[str],
    category_id: str | None,
    typed: LeafAnswers,
    *,
    weight: str | None = None,
    only_these: bool = False,
) -> int:
    """Choose the leaf, or stay with that of the first row, and answer it. Raises ServiceError in words."""
    from core.services import listing_values
    from core.services.categories import CategoryService
    from core.services.errors import ServiceError
    from core.services.listings import ListingService

    service = CategoryService(backend)
    if category_id is None:
        category_id = (await ListingService(backend).explain(shop, rows[0])).candidate.category_id
    if category_id is None:
        raise ServiceError("No TikTok category is chosen yet", "Add --tiktok-category ID.")
    _, leaf = await service.leaf(shop, category_id)
    return await service.choose(
        shop,
        rows,
        category_id,
        answers=await _answers(backend, shop, rows[0], leaf, typed),
        weight_kg=listing_values.weight(weight) if weight else None,
        remember=not only_these,
        by=who(),
    )


async def _answers(
    backend: "Backend", shop: "Integration", sku: str, leaf: "Leaf", typed: LeafAnswers
) -> dict[str, object]:
    from core.rules.listing_limits import limits_for
    from core.services import category_answers as answers
    from core.services.categories import CategoryService

    files, limits = backend.listing_tools_for(shop).files, limits_for(shop.shop.region)
    found: dict[str, object] = {}
    if typed.attributes:
        picked = await CategoryService(backend).attributes(shop, leaf.category_id, typed.attributes)
        found["attributes"] = tuple(picked)
    if typed.size_chart is not None:
        found["size_chart"] = await answers.size_chart(files, typed.size_chart, limits)
    if typed.certificates or typed.expires:
        found["certificates"] = await _certificates(backend, shop, sku, leaf, typed)
    if typed.manufacturer is not None:
        found["manufacturer_ids"] = answers.ids(typed.manufacturer, "manufacturer")
    if typed.person is not None:
        found["responsible_person_ids"] = answers.ids(typed.person, "responsible person")
    if typed.sides:
        pairs = (text.partition("=") for text in typed.sides)
        found["sides"] = tuple((name.strip(), answers.side_named(leaf, side)) for name, _, side in pairs)
    return found


async def _certificates(
    backend: "Backend", shop: "Integration", sku: str, leaf: "Leaf", typed: LeafAnswers
) -> "tuple[ChosenCertificate, ...]":
    """Those of the first row, with what was typed instead of or beside them."""
    from core.rules.listing_limits import limits_for
    from core.services import category_answers as answers
    from core.services.errors import ServiceError
    from core.services.listings import ListingService

    files, limits = backend.listing_tools_for(shop).files, limits_for(shop.shop.region)
    today = backend.clock.now().date()
    candidate = (await ListingService(backend).explain(shop, sku)).candidate
    known = {one.id: one for one in candidate.certificates if candidate.category_id == leaf.category_id}
    for text in typed.certificates or ():
        name, _, paths = text.partition("=")
        asked = answers.document_named(leaf, name)
        made = await answers.certificate(files, asked, paths.split("|"), limits)
        if made is None:
            known.pop(asked.id, None)
        else:
            known[asked.id] = made
    for text in typed.expires or ():
        name, _, day = text.partition("=")
        asked = answers.document_named(leaf, name)
        if asked.id not in known:
            raise ServiceError(f"{asked.name} has no file yet", f"Add --certificate {asked.id}=PATH.")
        update = {"expires_on": answers.expiry(day, today)}
        known[asked.id] = known[asked.id].model_copy(update=update)
    return tuple(known[key] for key in sorted(known))
