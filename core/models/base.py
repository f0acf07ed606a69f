"""What every model shares."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict

from core.store import Document, Json


class Model(BaseModel):
    """A frozen value. Documents written by a newer program may hold more fields: they are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=False)

    def to_document(self) -> Document:
        """The JSON document that the store keeps: money as strings, instants as ISO-8601 in UTC."""
        return self.model_dump(mode="json")

    @classmethod
    def from_document(cls, document: Document) -> Self:
        """The model again; `to_document` and this are inverses."""
        return cls.model_validate(document)


def _in_utc(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo else value


def _exact(value: object) -> object:
    if isinstance(value, float):
        raise ValueError(f"money must not come from a float ({value!r})")
    return value


Instant = Annotated[AwareDatetime, BeforeValidator(_in_utc)]
"""An aware instant in UTC."""

Amount = Annotated[Decimal, BeforeValidator(_exact)]
"""A decimal amount of money, never made from a float."""


class Money(Model):
    """An amount and its currency, e.g. 9.99 GBP."""

    amount: Amount
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def instant(seconds: int | None) -> datetime | None:
    """Unix seconds as an instant; 0 and None mean that there is none."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def iso(moment: datetime) -> Json:
    """An instant as models write it into documents, so that strings sort as instants do."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
