"""The names of integrations: unique, one line, not too long (domain.md A5)."""

from typing import Final

from core import tables
from core.models.integration import Integration
from core.services.errors import ServiceError
from core.store import Reader
from core.text import clean_line

NAME_LIMIT: Final = 60


async def check_name(store: Reader, name: str, *, besides: str | None = None) -> str:
    """The name as it will be kept. Raises ServiceError when it is empty, too long or taken (A5).

    `besides` is the id of an integration that may have this name already: its own.
    """
    cleaned = clean_line(name, NAME_LIMIT + 1)
    if not cleaned:
        raise ServiceError("The name is empty", "Give the integration a name, for example the shop's.")
    if len(cleaned) > NAME_LIMIT:
        raise ServiceError(f"The name is longer than {NAME_LIMIT} characters", "Choose a shorter one.")
    if (refusal := await taken(store, cleaned, besides=besides)) is not None:
        raise refusal
    return cleaned


async def taken(store: Reader, name: str, *, besides: str | None = None) -> ServiceError | None:
    """The refusal of a name that another integration has, in whatever case; None when it is free."""
    async for _, row in store.scan(tables.INTEGRATIONS):
        other = Integration.from_document(row)
        if other.name.casefold() == name.casefold() and other.id != besides:
            return ServiceError(
                f"There is already an integration named {other.name!r}", "Choose another name."
            )
    return None
