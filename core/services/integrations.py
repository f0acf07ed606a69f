"""Connecting shops, listing them, switching them off and on (domain.md A1 to A16)."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.backend import Backend
from core.channel.errors import ChannelError
from core.channel.tiktok.auth import TokenPair, read_redirect
from core.channel.tiktok.tokens import seal_pair
from core.models.integration import Integration, PendingAuthorisation, Shop, SyncKind, SyncState
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.text import clean_line

STATE_LIVES: Final = timedelta(minutes=30)
"""As long as TikTok's code."""
NAME_LIMIT: Final = 60


@dataclass(frozen=True, slots=True)
class Begun:
    """An authorisation that waits for the merchant's consent at `address`."""

    name: str
    state: str
    address: str


@dataclass(frozen=True, slots=True)
class Overview:
    """One row of the Integrations list."""

    integration: Integration
    syncs: dict[SyncKind, SyncState]
    mapped: int
    orders: int
    problems: int
    authorised_until: datetime | None


class IntegrationService:
    """The use cases around integrations."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def all(self) -> list[Integration]:
        """Every integration, by name."""
        rows = [Integration.from_document(row) async for _, row in self._store.scan(tables.INTEGRATIONS)]
        return sorted(rows, key=lambda row: row.name.casefold())

    async def named(self, name: str) -> Integration:
        """The integration with this name (or id). Raises NotFound that names those there are."""
        known = await self.all()
        for integration in known:
            if name == integration.id or integration.name.casefold() == name.strip().casefold():
                return integration
        there = ", ".join(repr(one.name) for one in known) or "none yet"
        raise NotFound(f"There is no integration named {name!r}", f"Integrations: {there}.")

    async def overview(self) -> list[Overview]:
        """The list with what a person wants to see at a glance."""
        return [await self._overview(integration) for integration in await self.all()]

    async def check_name(self, name: str, *, besides: str | None = None) -> str:
        """The name as it will be kept. Raises ServiceError when it is empty, too long or taken (A5)."""
        cleaned = clean_line(name, NAME_LIMIT + 1)
        if not cleaned:
            raise ServiceError("The name is empty", "Give the integration a name, for example the shop's.")
        if len(cleaned) > NAME_LIMIT:
            raise ServiceError(f"The name is longer than {NAME_LIMIT} characters", "Choose a shorter one.")
        for other in await self.all():
            if other.name.casefold() == cleaned.casefold() and other.id != besides:
                raise ServiceError(
                    f"There is already an integration named {other.name!r}", "Choose another name."
                )
        return cleaned

    async def begin(self, name: str) -> Begun:
        """Start an authorisation: nothing is kept of it but its state, for half an hour (A6, A7)."""
        self._require_app()
        cleaned = await self.check_name(name)
        state = secrets.token_urlsafe(24)
        now = self._backend.clock.now()
        pending = PendingAuthorisation(state=state, name=cleaned, created_at=now)
        async with self._store.transaction() as tx:
            old = [
                key
                async for key, row in tx.scan(tables.PENDING_AUTHORISATIONS)
                if now - PendingAuthorisation.from_document(row).created_at >= STATE_LIVES
            ]
            for key in old:
                await tx.delete(tables.PENDING_AUTHORISATIONS, key)
            await tx.put(tables.PENDING_AUTHORISATIONS, state, pending.to_document())
        return Begun(cleaned, state, self._backend.auth().consent_address(state))

    async def complete(
        self, name: str, pasted: str, *, state: str | None = None, shop_id: str | None = None
    ) -> Integration:
        """Finish an authorisation with the redirect address or the bare code; exactly one new row (A9).

        A redirect address must bring back the state of an authorisation that was begun here, once; `state`
        is the one that this program waits for, where it knows. With a bare code the operator vouches for it.
        Every refusal leaves no row behind (A8).
        """
        self._require_app()
        cleaned = await self.check_name(name)
        code = await self._code(pasted, state)
        try:
            pair = await self._backend.auth().exchange(code)
            shops = await self._backend.authoriser(pair).shops()
        except ChannelError as error:
            raise ServiceError(f"TikTok did not accept the authorisation: {error}", error.cure) from error
        shop = await self._choose(shops, shop_id)
        return await self._keep(cleaned, pair, shop)

    async def set_enabled(self, integration_id: str, *, enabled: bool) -> Integration:
        """The status switch (A10): disabled, nothing is downloaded or sent for it alone (A11)."""
        async with self._store.transaction() as tx:
            document = await tx.get(tables.INTEGRATIONS, integration_id)
            if document is None:
                raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
            changed = Integration.from_document(document).model_copy(update={"enabled": enabled})
            await tx.put(tables.INTEGRATIONS, integration_id, changed.to_document())
        return changed

    async def _overview(self, integration: Integration) -> Overview:
        prefix = tables.prefix(integration.id)
        syncs = {
            state.kind: state
            async for _, row in self._store.scan(tables.SYNC_STATES, prefix=prefix)
            for state in (SyncState.from_document(row),)
        }
        authorisation = await self._store.get(tables.AUTHORISATIONS, integration.authorisation_id)
        ends = None if authorisation is None else str(authorisation["refresh_expires_at"])
        return Overview(
            integration=integration,
            syncs=syncs,
            mapped=await self._store.count(tables.SKU_MAPPINGS, prefix=prefix),
            orders=await self._store.count(tables.ORDERS, prefix=prefix),
            problems=await self._store.count(tables.PROBLEMS, prefix=prefix),
            authorised_until=None if ends is None else datetime.fromisoformat(ends),
        )

    def _require_app(self) -> None:
        missing = self._backend.settings.missing_for_tiktok()
        if missing:
            raise NotAllowedNow(
                f"TikTok's app credentials are not set: {', '.join(missing)}",
                "Set them in the environment or in config.toml; Partner Center shows them under your app.",
            )

    async def _code(self, pasted: str, expected: str | None) -> str:
        redirected = read_redirect(pasted)
        if redirected.denied is not None:
            raise ServiceError(
                f"The merchant did not give consent ({redirected.denied})", "Start again when they want to."
            )
        if not redirected.code:
            raise ServiceError(
                "There is no code in what was pasted",
                "Paste the whole address that the browser ended on, or the code in it.",
            )
        if redirected.state is not None or (expected is not None and "code=" in pasted):
            await self._redeem(redirected.state or "", expected)
        return redirected.code

    async def _redeem(self, state: str, expected: str | None) -> None:
        """Accept a state once, and only one that was begun here."""
        async with self._store.transaction() as tx:
            document = await tx.get(tables.PENDING_AUTHORISATIONS, state)
            await tx.delete(tables.PENDING_AUTHORISATIONS, state)
        begun = None if document is None else PendingAuthorisation.from_document(document)
        mismatch = expected is not None and not hmac.compare_digest(expected, state)
        if begun is None or mismatch:
            raise ServiceError(
                "This reply belongs to another authorisation, or was used before",
                "Start again and paste the address of the newest browser tab.",
            )
        if self._backend.clock.now() - begun.created_at >= STATE_LIVES:
            raise ServiceError(
                "This authorisation is older than half an hour", "Start again: its code has ended."
            )

    async def _choose(self, shops: Sequence[Shop], shop_id: str | None) -> Shop:
        if not shops:
            raise ServiceError(
                "This TikTok account has no shop", "Authorise with the account that owns the shop."
            )
        if shop_id is not None:
            chosen = next((shop for shop in shops if shop.id == shop_id), None)
            if chosen is None:
                raise ServiceError(f"The account has no shop with id {shop_id}", _named(shops))
            return chosen
        taken = {integration.shop.id for integration in await self.all()}
        free = [shop for shop in shops if shop.id not in taken]
        if not free:
            raise ServiceError(
                f"{shops[0].name} is already connected", "Open that integration, or authorise another shop."
            )
        if len(free) > 1:
            raise ServiceError("The account has several shops", f"Say which one. {_named(free)}")
        return free[0]

    async def _keep(self, name: str, pair: TokenPair, shop: Shop) -> Integration:
        now = self._backend.clock.now()
        authorisation_id = secrets.token_hex(8)
        integration = Integration(
            id=secrets.token_hex(6),
            name=name,
            shop=shop,
            authorisation_id=authorisation_id,
            created_at=now,
        )
        sealed = seal_pair(self._backend.vault, authorisation_id, pair, now)
        async with self._store.transaction() as tx:
            # Looked at again inside the transaction: somebody else may have been quicker.
            async for _, row in tx.scan(tables.INTEGRATIONS):
                other = Integration.from_document(row)
                if other.shop.id == shop.id:
                    raise ServiceError(f"{shop.name} is already connected", "Open that integration instead.")
                if other.name.casefold() == name.casefold():
                    raise _taken(other)
            await tx.put(tables.AUTHORISATIONS, authorisation_id, sealed.to_document())
            await tx.put(tables.INTEGRATIONS, integration.id, integration.to_document())
        return integration


def _taken(other: Integration) -> ServiceError:
    return ServiceError(f"There is already an integration named {other.name!r}", "Choose another name.")


def _named(shops: Sequence[Shop]) -> str:
    return "Shops: " + ", ".join(f"{shop.name} ({shop.region}, id {shop.id})" for shop in shops) + "."
