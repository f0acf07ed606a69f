"""What every reply and every request body shares, and the failures behind code 0."""

from datetime import datetime
from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, model_validator

from core.models.base import instant

Id: TypeAlias = str
"""An id or a decimal: text on our side however it came."""


def when(seconds: int) -> datetime | None:
    """Unix seconds as an instant; 0 and numbers that no calendar knows mean that there is none."""
    try:
        return instant(seconds)
    except (ValueError, OverflowError, OSError):
        return None


class Reply(BaseModel):
    """A part of a reply. A number where text is promised becomes text: webhooks send ids as integers (§4)."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, data: Any) -> Any:
        if isinstance(data, dict) and None in data.values():
            return {key: value for key, value in data.items() if value is not None}
        return data


def _empty_if_no_object(rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    return [row if isinstance(row, dict) else {} for row in rows]


Rows: TypeAlias = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_empty_if_no_object)]
"""Rows that are read one by one: what is no object counts as one without an id, and hides no other."""


class Page(Reply):
    """One page of a search; an absent or empty token means that it is the last."""

    next_page_token: Id = ""
    total_count: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it holds no rows, which a page with a next one rarely does."""
        return not any(rows for rows in vars(self).values() if isinstance(rows, tuple))


class Body(BaseModel):
    """A request body; None is left out."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def dump(self) -> dict[str, Any]:
        """What is serialised, once, and then signed and sent."""
        return self.model_dump(mode="json", exclude_none=True)


class ExtraError(Reply):
    """The reason inside a wrapper error, e.g. of one warehouse."""

    code: int = 0
    message: str = ""
    warehouse_id: Id = ""


class ErrorDetail(Reply):
    """Which item of a batch failed, and why in detail."""

    product_id: Id = ""
    sku_id: Id = ""
    extra_errors: tuple[ExtraError, ...] = ()


class ItemError(Reply):
    """One entry of `data.errors[]` behind code 0."""

    code: int = 0
    message: str = ""
    detail: ErrorDetail = ErrorDetail()


class BatchResult(Reply):
    """What batch calls answer: code 0 may hide failures."""

    errors: tuple[ItemError, ...] = ()
