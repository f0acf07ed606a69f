"""Which shop and which rows a listing command means."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration
    from core.services.listing_rows import RowFilter

Skus = Annotated[list[str] | None, typer.Argument(metavar="[SKU]...", help="Avasam SKUs.")]
Status = Annotated[
    str | None, typer.Option("--status", help="listed (both linked states), linked, error or not_listed.")
]
Category = Annotated[str | None, typer.Option("--category", help="Avasam category.")]
Stock = Annotated[str | None, typer.Option("--stock", help="in, out or unknown.")]
ProblemCode = Annotated[str | None, typer.Option("--problem", help="Only rows with this problem code.")]
Collection = Annotated[str | None, typer.Option("--collection", help="Your own label.")]
All = Annotated[bool, typer.Option("--all", help="Every row that matches the filters.")]


@dataclass(frozen=True, slots=True)
class Filters:
    """The filter options of one call, as they were typed."""

    search: str = ""
    status: str | None = None
    category: str | None = None
    stock: str | None = None
    problem: str | None = None
    collection: str | None = None

    def rows(self, *, variants: bool = False) -> "RowFilter":
        """The filter. Raises NotFound for a word that is none of the choices."""
        from core.rules.listing_status import ListingStatus
        from core.services.errors import NotFound
        from core.services.listing_rows import RowFilter, StockFilter

        try:
            status = None if self.status is None else ListingStatus(self.status.replace(" ", "_").lower())
            stock = None if self.stock is None else StockFilter(self.stock.lower())
        except ValueError as error:
            known = f"Status: {', '.join(ListingStatus)}. Stock: {', '.join(StockFilter)}."
            raise NotFound(str(error), known) from None
        return RowFilter(
            text=self.search,
            status=status,
            category=self.category,
            stock=stock,
            problem=self.problem,
            collection=self.collection,
            variants=variants,
        )


async def the_integration(backend: "Backend", name: str | None) -> "Integration":
    """The one that is named, or the only one. Raises NotFound."""
    from core.services.integrations import IntegrationService

    return await IntegrationService(backend).named_or_only(name)


async def chosen(
    backend: "Backend",
    integration: "Integration",
    skus: Sequence[str] | None,
    filters: Filters,
    *,
    every: bool,
) -> list[str]:
    """The SKUs named, or with --all those that the filters show. Raises NotFound for neither."""
    from core.services.errors import NotFound
    from core.services.listings import ListingService

    if skus:
        return list(skus)
    if not every:
        raise NotFound("No row is chosen", "Name SKUs, or add --all with filters.")
    rows = await ListingService(backend).rows(integration, filters.rows())
    if not rows:
        raise NotFound("No row matches", "Loosen the filters.")
    return [row.sku for row in rows]
