"""What every reply and every request body shares, and the failures behind code 0."""

from datetime import datetime
from typing import Annotated, Any, Final, Self, TypeAlias, get_args

import structlog
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    model_validator,
)

from core.models.base import instant

_log = structlog.get_logger(__name__)

Id: TypeAlias = str
"""An id or a decimal: text on our side however it came."""


def when(seconds: int) -> datetime | None:
    """Unix seconds as an instant; 0 and numbers that no calendar knows mean that there is none."""
    try:
        return instant(seconds)
    except (ValueError, OverflowError, OSError):
        return None


class _Loose:
    """See LOOSE."""


class _Each:
    """See EACH."""


LOOSE: Final = _Loose()
"""`Annotated[str, LOOSE]`: nothing is decided by it, so what does not fit counts as absent, as null does."""
EACH: Final = _Each()
"""`Annotated[tuple[X, ...], EACH]`: rows that do not fit are left out and logged, unless none fits."""


class Reply(BaseModel):
    """A part of a reply. A number where text is promised becomes text: webhooks send ids as integers (§4)."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    @model_validator(mode="wrap")
    @classmethod
    def _leniently(cls, data: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        """Null counts as absent; what does not fit is mended where the field allows it."""
        if isinstance(data, dict) and None in data.values():
            data = {key: value for key, value in data.items() if value is not None}
        try:
            return read(data)
        except ValidationError as error:
            if not isinstance(data, dict):
                raise
            return read(cls._mended(data, error))

    @classmethod
    def _mended(cls, data: dict[str, Any], error: ValidationError) -> dict[str, Any]:
        mended = dict(data)
        for name in {problem["loc"][0] for problem in error.errors(include_url=False) if problem["loc"]}:
            field = cls.model_fields.get(str(name))
            if field is None or name not in mended:
                continue
            rows = mended[str(name)]
            if EACH in field.metadata and isinstance(rows, list):
                mended[str(name)] = _readable(get_args(field.annotation)[0], rows) or rows
            if LOOSE in field.metadata and mended[str(name)] == rows:
                del mended[str(name)]
        return mended


def _readable(kind: type[Reply], rows: list[Any]) -> list[Any]:
    kept = []
    for row in rows:
        try:
            kept.append(kind.model_validate(row))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(map(str, first["loc"]))
            _log.warning("tiktok sent an odd row", kind=kind.__name__, field=where, why=first["msg"])
    return kept


def _empty_if_no_object(rows: Any) -> Any:
    if not isinstance(rows, list):
        return rows
    return [row if isinstance(row, dict) else {} for row in rows]


Rows: TypeAlias = Annotated[tuple[dict[str, Any], ...], BeforeValidator(_empty_if_no_object)]
"""Rows that are read one by one: what is no object counts as one without an id, and hides no other."""


class Page(Reply):
    """One page of a search; an absent or empty token means that it is the last."""

    next_page_token: Id = ""
    total_count: Annotated[int, LOOSE] = 0

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

    code: Annotated[int, LOOSE] = 0
    message: Annotated[str, LOOSE] = ""
    warehouse_id: Annotated[Id, LOOSE] = ""


class ErrorDetail(Reply):
    """Which item of a batch failed, and why in detail."""

    product_id: Annotated[Id, LOOSE] = ""
    sku_id: Annotated[Id, LOOSE] = ""
    extra_errors: Annotated[tuple[ExtraError, ...], EACH, LOOSE] = ()


class ItemError(Reply):
    """One entry of `data.errors[]` behind code 0."""

    code: Annotated[int, LOOSE] = 0
    message: Annotated[str, LOOSE] = ""
    detail: Annotated[ErrorDetail, LOOSE] = ErrorDetail()


class BatchResult(Reply):
    """What batch calls answer: code 0 may hide failures."""

    errors: Annotated[tuple[ItemError, ...], BeforeValidator(_empty_if_no_object)] = ()
