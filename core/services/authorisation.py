"""A merchant's consent, from the address to the stored tokens: for a new shop or again (A6 to A9, A15).

`begin` -> the merchant consents elsewhere -> `accept` what came back -> `add` or `renew`. Nothing but the
state is kept before the last step, so leaving in between leaves nothing behind.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from core import tables
from core.backend import Backend
from core.channel.errors import ChannelError, ClientBug, PermissionNeeded, Unreachable
from core.channel.tiktok.auth import SELLER, Redirected, TokenPair, read_redirect
from core.channel.tiktok.tokens import seal_pair
from core.models.integration import Integration, PendingAuthorisation, Shop, SyncState
from core.services.errors import NotAllowedNow, NotFound, ServiceError
from core.services.exclusive import taken_over
from core.services.names import check_name, taken
from core.store import Reader, Transaction
from core.sync.leases import of_integration
from core.sync.problems import solve_problem
from core.sync.runner import REAUTHORISE

STATE_LIVES: Final = timedelta(minutes=30)
"""As long as TikTok's code."""


@dataclass(frozen=True, slots=True)
class Begun:
    """An authorisation that waits until `until` for the merchant's consent at `address`."""

    name: str
    state: str
    address: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Granted:
    """A consent whose tokens are here and nowhere else yet, and the shops it covers."""

    pair: TokenPair = field(repr=False)
    shops: Sequence[Shop]

    @property
    def ends_at(self) -> datetime:
        """When the merchant has to consent again."""
        return self.pair.refresh_expires_at


class SeveralShops(ServiceError):
    """The consent covers more than one shop that could be connected: somebody has to say which."""

    def __init__(self, shops: Sequence[Shop]) -> None:
        super().__init__("The account has several shops", f"Say which one. {_named(shops)}")
        self.shops = tuple(shops)


class AuthorisationService:
    """The use cases around consent."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._store = backend.store

    async def begin(self, name: str) -> Begun:
        """Start an authorisation for a new integration: only its state is kept, for half an hour (A6, A7)."""
        return await self._begin(await check_name(self._store, name), None)

    async def begin_again(self, integration: Integration) -> Begun:
        """Start one for an integration that is there (A15)."""
        return await self._begin(integration.name, integration.id)

    async def forget(self, state: str) -> None:
        """Leave an authorisation that was begun; harmless when it is over already."""
        async with self._store.transaction() as tx:
            await tx.delete(tables.PENDING_AUTHORISATIONS, state)

    async def accept(self, pasted: str, *, state: str | None = None) -> Granted:
        """Exchange what came back: the redirect address, its query, or the bare code.

        An address must bring back the state of an authorisation that was begun here, once; `state` is the one
        that this program waits for, where it knows. For a bare code the operator vouches. Raises ServiceError
        in words for everything else: denied, expired, replayed, of another authorisation (A8).
        """
        self._require_app()
        redirected = read_redirect(pasted)
        if redirected.state is not None or (state is not None and _is_address(pasted)):
            await self._redeem(redirected.state or "", state)
        code = _code_of(redirected)
        try:
            pair = await self._backend.auth().exchange(code)
            if pair.user_type != SELLER:
                raise ServiceError(
                    "This is the authorisation of a creator's account, not of a shop",
                    "Authorise with the account that owns the shop.",
                )
            shops = await self._backend.authoriser(pair).shops()
        except ChannelError as error:
            raise ServiceError(f"TikTok did not accept the authorisation: {error}", _cure(error)) from error
        if not shops:
            raise ServiceError(
                "This TikTok account has no shop", "Authorise with the account that owns the shop."
            )
        if state is not None:
            await self.forget(state)
        return Granted(pair, tuple(shops))

    async def connectable(self, granted: Granted) -> Sequence[Shop]:
        """The shops of a consent that no integration has yet. Raises ServiceError when there is none."""
        there = await _shop_ids(self._store)
        free = [shop for shop in granted.shops if shop.id not in there]
        if not free:
            raise ServiceError(
                f"{granted.shops[0].name} is already connected",
                "Open that integration, or authorise another shop.",
            )
        return free

    async def add(self, name: str, granted: Granted, *, shop_id: str | None = None) -> Integration:
        """Keep it as exactly one new, enabled integration (A9). Raises SeveralShops when unsaid which."""
        cleaned = await check_name(self._store, name)
        shop = await self._choose(granted, shop_id)
        now = self._backend.clock.now()
        authorisation_id = secrets.token_hex(8)
        integration = Integration(
            id=secrets.token_hex(6),
            name=cleaned,
            shop=shop,
            authorisation_id=authorisation_id,
            created_at=now,
        )
        sealed = seal_pair(self._backend.vault, authorisation_id, granted.pair, now)
        async with self._store.transaction() as tx:
            # Looked at again inside the transaction: somebody else may have been quicker.
            if shop.id in await _shop_ids(tx):
                raise ServiceError(f"{shop.name} is already connected", "Open that integration instead.")
            if (other := await taken(tx, cleaned)) is not None:
                raise other
            await tx.put(tables.AUTHORISATIONS, authorisation_id, sealed.to_document())
            await tx.put(tables.INTEGRATIONS, integration.id, integration.to_document())
        return integration

    def same_shop(self, integration: Integration, granted: Granted) -> Shop:
        """The integration's own shop as the consent shows it. Raises ServiceError for another one's (A15)."""
        for shop in granted.shops:
            if shop.id == integration.shop.id:
                return shop
        raise ServiceError(
            f"This authorisation is for {_listed(granted.shops)}, not for {integration.shop.name}",
            f"Consent with the account that owns {integration.shop.name}; nothing was changed.",
        )

    async def renew(self, integration_id: str, granted: Granted) -> Integration:
        """Put the new tokens in force (A15): name, mappings and settings stay, waiting jobs go on.

        Whatever still runs with the old tokens is fenced off first, so that its late failure cannot mark the
        integration again.
        """
        before = await self._stored(self._store, integration_id)
        leases = (of_integration(integration_id), f"token:{before.authorisation_id}")
        async with (
            taken_over(self._store, *leases, owner=self._backend.owner) as lease,
            self._store.transaction(fence=lease) as tx,
        ):
            integration = await self._stored(tx, integration_id)
            shop = self.same_shop(integration, granted)
            now = self._backend.clock.now()
            sealed = seal_pair(self._backend.vault, integration.authorisation_id, granted.pair, now)
            renewed = integration.model_copy(update={"shop": shop, "needs_reauthorisation": None})
            await tx.put(tables.AUTHORISATIONS, integration.authorisation_id, sealed.to_document())
            await tx.put(tables.INTEGRATIONS, integration_id, renewed.to_document())
            await solve_problem(tx, integration_id, REAUTHORISE)
            await _due_at_once(tx, integration_id)
        return renewed

    async def _begin(self, name: str, integration_id: str | None) -> Begun:
        self._require_app()
        state = secrets.token_urlsafe(24)
        now = self._backend.clock.now()
        pending = PendingAuthorisation(state=state, name=name, integration_id=integration_id, created_at=now)
        async with self._store.transaction() as tx:
            old = [
                key
                async for key, row in tx.scan(tables.PENDING_AUTHORISATIONS)
                if now - PendingAuthorisation.from_document(row).created_at >= STATE_LIVES
            ]
            for key in old:
                await tx.delete(tables.PENDING_AUTHORISATIONS, key)
            await tx.put(tables.PENDING_AUTHORISATIONS, state, pending.to_document())
        return Begun(name, state, self._backend.auth().consent_address(state), now + STATE_LIVES)

    async def _redeem(self, state: str, expected: str | None) -> None:
        """Spend a state, once, and only the one that is waited for."""
        if expected is not None and not hmac.compare_digest(expected.encode(), state.encode()):
            raise ServiceError(
                "This reply belongs to another authorisation",
                "Paste the address of the newest browser tab, or start again.",
            )
        async with self._store.transaction() as tx:
            document = await tx.get(tables.PENDING_AUTHORISATIONS, state)
            await tx.delete(tables.PENDING_AUTHORISATIONS, state)
        if document is None:
            raise ServiceError(
                "This reply was used before, or belongs to no authorisation that was begun here",
                "Start again and use the new address.",
            )
        begun = PendingAuthorisation.from_document(document)
        if self._backend.clock.now() - begun.created_at >= STATE_LIVES:
            raise ServiceError(
                "This authorisation is older than half an hour", "Start again: its code has ended."
            )

    async def _choose(self, granted: Granted, shop_id: str | None) -> Shop:
        if shop_id is not None:
            chosen = next((shop for shop in granted.shops if shop.id == shop_id), None)
            if chosen is None:
                raise ServiceError(f"The account has no shop with id {shop_id}", _named(granted.shops))
            return chosen
        free = await self.connectable(granted)
        if len(free) > 1:
            raise SeveralShops(free)
        return free[0]

    async def _stored(self, store: Reader, integration_id: str) -> Integration:
        document = await store.get(tables.INTEGRATIONS, integration_id)
        if document is None:
            raise NotFound("This integration is gone", "Somebody removed it meanwhile.")
        return Integration.from_document(document)

    def _require_app(self) -> None:
        missing = self._backend.settings.missing_for_tiktok()
        if missing:
            raise NotAllowedNow(
                f"TikTok's app credentials are not set: {', '.join(missing)}",
                "Set them in the environment or in config.toml; Partner Center shows them under your app.",
            )


def _is_address(pasted: str) -> bool:
    return "code=" in pasted or "error=" in pasted


def _code_of(redirected: Redirected) -> str:
    if redirected.denied is not None:
        raise ServiceError(
            f"The merchant did not give consent ({redirected.denied})", "Start again when they want to."
        )
    if not redirected.code:
        raise ServiceError(
            "There is no code in what was pasted",
            "Paste the whole address that the browser ended on, or the code in it.",
        )
    return redirected.code


def _cure(error: ChannelError) -> str:
    """What to do now: a code works once, so nothing here is repeated by itself as other calls are."""
    if isinstance(error, ClientBug | PermissionNeeded):
        return error.cure
    if isinstance(error, Unreachable):
        return "Check the network, then start again."
    return "Start again: a code works once, and for half an hour."


async def _shop_ids(store: Reader) -> set[str]:
    return {Integration.from_document(row).shop.id async for _, row in store.scan(tables.INTEGRATIONS)}


async def _due_at_once(tx: Transaction, integration_id: str) -> None:
    """Timers that waited after failures run now, as jobs do."""
    async for key, row in tx.scan(tables.SYNC_STATES, prefix=tables.prefix(integration_id)):
        state = SyncState.from_document(row)
        if state.failures:
            ready = state.model_copy(update={"next_run_at": None, "failures": 0, "last_error": None})
            await tx.put(tables.SYNC_STATES, key, ready.to_document())


def _named(shops: Sequence[Shop]) -> str:
    return "Shops: " + ", ".join(f"{shop.name} ({shop.region}, id {shop.id})" for shop in shops) + "."


def _listed(shops: Sequence[Shop]) -> str:
    return ", ".join(shop.name for shop in shops)
