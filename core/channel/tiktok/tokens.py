"""Keeps one authorisation's tokens: sealed in the store, refreshed by one program at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from core.channel.errors import LostReply, NeedsReauthorisation, Retryable, Unreachable
from core.channel.tiktok.auth import TikTokAuth, TokenPair
from core.clock import Clock
from core.models.integration import Authorisation
from core.store import Lease, Store
from core.vault import Vault

TABLE: Final = "authorisations"
_REFRESH_TTL: Final = timedelta(seconds=60)
_REFRESH_SECONDS: Final = 45.0
_LONGEST_MARGIN: Final = timedelta(minutes=10)
_REST: Final = timedelta(seconds=30)
"""How long a refresh that failed before its time is not tried again: every call would wait for it."""
_POLL_SECONDS: Final = 0.05


def seal_pair(vault: Vault, authorisation_id: str, pair: TokenPair, now: datetime) -> Authorisation:
    """The row that keeps a token pair; each token opens only under this authorisation's name."""
    return Authorisation(
        id=authorisation_id,
        seller_name=pair.seller_name,
        region=pair.region,
        scopes=pair.scopes,
        sealed_access_token=vault.seal(f"{authorisation_id}/access", pair.access_token),
        access_expires_at=pair.access_expires_at,
        sealed_refresh_token=vault.seal(f"{authorisation_id}/refresh", pair.refresh_token),
        refresh_expires_at=pair.refresh_expires_at,
        refreshed_at=now,
    )


@dataclass(frozen=True, slots=True)
class _Issued:
    """A pair that TikTok has issued for a stored refresh token, which it may have ended by that."""

    instead_of: str
    pair: TokenPair = field(repr=False)


class TokenKeeper:
    """The `Tokens` of one authorisation (it may cover several shops)."""

    def __init__(
        self,
        authorisation_id: str,
        *,
        store: Store,
        vault: Vault,
        auth: TikTokAuth,
        clock: Clock,
        owner: str,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._id = authorisation_id
        self._store = store
        self._vault = vault
        self._auth = auth
        self._clock = clock
        self._owner = f"{owner}/{uuid4().hex[:8]}"
        self._sleep = sleep
        self._lock = asyncio.Lock()
        self._issued: _Issued | None = None
        self._rest_until: datetime | None = None

    async def access_token(self) -> str:
        """A token that is not about to expire. Raises NeedsReauthorisation when there can be none."""
        row = await self._row()
        if self._issued is None and (not self._is_ending(row) or self._rests(row)):
            return self._access(row)
        try:
            return await self.renew(self._access(row))
        except Retryable:
            now = self._clock.now()
            if row.access_expires_at <= now:
                raise
            self._rest_until = now + _REST
            return self._access(row)

    async def renew(self, stale: str) -> str:
        """A token other than `stale`: another program's, if it was quicker, else a freshly refreshed one."""
        async with self._lock:
            lease = await self._lease()
            try:
                row = await self._row()
                if self._access(row) != stale and not self._is_ending(row):
                    self._issued = None
                    return self._access(row)
                return await self._refresh(row)
            finally:
                await self._store.release(lease)

    async def _refresh(self, row: Authorisation) -> str:
        if row.refresh_expires_at <= self._clock.now():
            raise NeedsReauthorisation(
                f"the authorisation of {row.seller_name} ended on {row.refresh_expires_at:%d %B %Y}"
            )
        replacing = asyncio.create_task(self._replace(row))
        try:
            return await asyncio.shield(replacing)
        except asyncio.CancelledError:
            # A pair that TikTok has issued must reach the store, or the merchant has to consent again.
            await asyncio.wait({replacing})
            raise

    async def _replace(self, row: Authorisation) -> str:
        """Issue a pair and store it, or store the one that could not be stored the last time.

        What is replaced is compared, not the lease: a pair that comes late is worth as much, unless the
        merchant or another program put a newer one there meanwhile.
        """
        if self._issued is None or self._issued.instead_of != row.sealed_refresh_token:
            pair = await self._pair(self._vault.unseal(f"{self._id}/refresh", row.sealed_refresh_token))
            self._issued = _Issued(row.sealed_refresh_token, pair)
        pair = self._issued.pair
        fresh = seal_pair(self._vault, self._id, pair, self._clock.now()).model_copy(
            update={
                "seller_name": pair.seller_name or row.seller_name,
                "region": pair.region or row.region,
                "scopes": pair.scopes or row.scopes,
            }
        )
        async with self._store.transaction() as tx:
            document = await tx.get(TABLE, self._id)
            stored = None if document is None else Authorisation.from_document(document)
            if stored is not None and stored.sealed_refresh_token == row.sealed_refresh_token:
                await tx.put(TABLE, self._id, fresh.to_document())
                stored = fresh
        self._issued = self._rest_until = None
        if stored is None:
            raise NeedsReauthorisation("no authorisation is stored for this shop")
        return self._access(stored)

    async def _pair(self, refresh_token: str) -> TokenPair:
        """A new pair, well before the lease ends.

        After a lost reply only the stored token is left: it is tried again, and if TikTok has already
        replaced it, TikTok says so.
        """
        try:
            async with asyncio.timeout(_REFRESH_SECONDS):
                return await self._auth.refresh(refresh_token)
        except TimeoutError:
            raise Unreachable("TikTok's authorisation service does not answer") from None
        except LostReply as lost:
            raise Unreachable(lost.what, code=lost.code, request_id=lost.request_id) from None

    async def _lease(self) -> Lease:
        """The right to refresh. A holder that died frees it after a minute at most."""
        for _ in range(int(2 * _REFRESH_TTL.total_seconds() / _POLL_SECONDS)):
            lease = await self._store.lease(f"token:{self._id}", owner=self._owner, ttl=_REFRESH_TTL)
            if lease is not None:
                return lease
            await self._sleep(_POLL_SECONDS)
        raise Unreachable("another program has been refreshing this shop's token for two minutes")

    async def _row(self) -> Authorisation:
        document = await self._store.get(TABLE, self._id)
        if document is None:
            raise NeedsReauthorisation("no authorisation is stored for this shop")
        return Authorisation.from_document(document)

    def _access(self, row: Authorisation) -> str:
        return self._vault.unseal(f"{self._id}/access", row.sealed_access_token)

    def _rests(self, row: Authorisation) -> bool:
        """Whether a refresh failed a moment ago while the token still lives."""
        now = self._clock.now()
        return self._rest_until is not None and now < min(self._rest_until, row.access_expires_at)

    def _is_ending(self, row: Authorisation) -> bool:
        """Whether it is time to refresh: ten minutes early, or a tenth of a shorter life."""
        life = row.access_expires_at - row.refreshed_at
        return row.access_expires_at - min(_LONGEST_MARGIN, life / 10) <= self._clock.now()
