"""The category tree of one TikTok shop, which TikTok advises not to keep, and what it asks for (§7)."""

from collections.abc import AsyncIterator, Sequence
from typing import Final

from core.channel.listings import (
    Brand,
    Category,
    CategoryAttribute,
    CategoryDocument,
    CategoryRules,
    Prerequisite,
)
from core.channel.tiktok import operations, wire
from core.channel.tiktok.client import TikTokClient
from core.channel.tiktok.paging import pages
from core.text import clean_line, clean_text

_ID: Final = 64
_NAME: Final = 200
_DETAILS: Final = 2_000
_PAGE: Final = 100


class TikTokCategories:
    """The `Categories` of one shop. `version` is "v2" where the market needs the new tree."""

    def __init__(self, client: TikTokClient, *, version: str | None = None) -> None:
        self._client = client
        self._version = version

    async def prerequisites(self) -> Sequence[Prerequisite]:
        """See Categories.prerequisites."""
        found = await self._client.call(operations.PREREQUISITES, wire.Prerequisites)
        return [
            Prerequisite(
                item=clean_line(row.check_item, _ID),
                is_met=not row.is_failed,
                reasons=[clean_line(reason, _NAME) for reason in row.fail_reasons],
            )
            for row in found.check_results
        ]

    async def categories(self, *, keyword: str | None = None) -> Sequence[Category]:
        """See Categories.categories."""
        query = self._query(keyword=keyword)
        found = await self._client.call(operations.CATEGORIES, wire.Categories, query=query)
        return [
            Category(
                id=clean_line(row.id, _ID),
                parent_id=clean_line(row.parent_id, _ID),
                name=clean_line(row.local_name, _NAME),
                is_leaf=row.is_leaf,
                is_open=not row.permission_statuses or "AVAILABLE" in row.permission_statuses,
            )
            for row in found.categories
        ]

    async def recommend(self, title: str, description: str | None = None) -> str | None:
        """See Categories.recommend."""
        question = wire.CategoryQuestion(
            product_title=title, description=description, category_version=self._version
        )
        found = await self._client.call(
            operations.RECOMMEND_CATEGORY, wire.RecommendedCategory, body=question
        )
        return clean_line(found.leaf_category_id, _ID) or None

    async def attributes(self, category_id: str) -> Sequence[CategoryAttribute]:
        """See Categories.attributes."""
        found = await self._client.call(
            operations.CATEGORY_ATTRIBUTES,
            wire.CategoryAttributes,
            path={"category_id": category_id},
            query=self._query(),
        )
        return [
            CategoryAttribute(
                id=clean_line(row.id, _ID),
                name=clean_line(row.name, _NAME),
                is_side=row.type == "SALES_PROPERTY",
                is_required=row.is_requried,
                takes_several=row.is_multiple_selection,
                takes_own=row.is_customizable,
                values=[(clean_line(value.id, _ID), clean_line(value.name, _NAME)) for value in row.values],
                needed_when=_conditions(row.requirement_conditions),
            )
            for row in found.attributes
        ]

    async def rules(self, category_id: str) -> CategoryRules:
        """See Categories.rules. `required` holds TikTok's names, e.g. size_chart, package_dimension."""
        found = await self._client.call(
            operations.CATEGORY_RULES,
            wire.CategoryRulesWire,
            path={"category_id": category_id},
            query=self._query(),
        )
        return CategoryRules(
            required=frozenset(
                name for name, rule in found if isinstance(rule, wire.Required) and rule.is_required
            ),
            documents=[
                CategoryDocument(
                    id=clean_line(row.id, _ID),
                    name=clean_line(row.name, _NAME),
                    is_required=row.is_required,
                    details=clean_text(row.document_details, _DETAILS),
                    needs_expiry=row.expiration_date.is_required,
                    needed_when=_conditions(row.requirement_conditions),
                )
                for row in found.product_certifications
            ],
            takes_size_chart=found.size_chart.is_supported or found.size_chart.is_required,
        )

    async def brands(
        self, *, category_id: str | None = None, name: str | None = None
    ) -> AsyncIterator[Sequence[Brand]]:
        """See Categories.brands."""
        query = self._query(category_id=category_id, brand_name=name, page_size=str(_PAGE))
        async for page in pages(self._client, operations.BRANDS, wire.BrandsPage, query=query):
            yield [
                Brand(
                    id=clean_line(row.id, _ID),
                    name=clean_line(row.name, _NAME),
                    is_authorised=row.authorized_status == "AUTHORIZED",
                    is_usable=row.brand_status != "UNAVAILABLE",
                )
                for row in page.brands
            ]

    def _query(self, **given: str | None) -> dict[str, str]:
        asked = {**given, "category_version": self._version}
        return {name: value for name, value in asked.items() if value is not None}


def _conditions(rows: Sequence[wire.ConditionWire]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (clean_line(row.attribute_id, _ID), clean_line(row.attribute_value_id, _ID))
        for row in rows
        if row.attribute_id and row.attribute_value_id
    )
