"""Keeps one authorisation's tokens: sealed in the store, refreshed by one program at a time."""

import asyncio
from collections.abc import Awaitable, Callable
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

    async def access_token(self) -> str:
        """A token that is not about to expire. Raises NeedsReauthorisation when there can be none."""
        row = await self._row()
        if not self._is_ending(row):
            return self._access(row)
        try:
            return await self.renew(self._access(row))
        except Retryable:
            if row.access_expires_at <= self._clock.now():
                raise
            return self._access(row)

    async def renew(self, stale: str) -> str:
        """A token other than `stale`: another program's, if it was quicker, else a freshly refreshed one."""
        async with self._lock:
            lease = await self._lease()
            try:
                row = await self._row()
                if self._access(row) != stale and not self._is_ending(row):
                    return self._access(row)
                return await self._refresh(row, lease)
            finally:
                await self._store.release(lease)

    async def _refresh(self, row: Authorisation, lease: Lease) -> str:
        if row.refresh_expires_at <= self._clock.now():
            raise NeedsReauthorisation(
                f"the authorisation of {row.seller_name} ended on {row.refresh_expires_at:%d %B %Y}"
            )
        replacing = asyncio.create_task(self._replace(row, lease))
        try:
            return await asyncio.shield(replacing)
        except asyncio.CancelledError:
            # A pair that TikTok has issued must reach the store, or the merchant has to consent again.
            await asyncio.wait({replacing})
            raise

    async def _replace(self, row: Authorisation, lease: Lease) -> str:
        pair = await self._pair(self._vault.unseal(f"{self._id}/refresh", row.sealed_refresh_token))
        fresh = seal_pair(self._vault, self._id, pair, self._clock.now()).model_copy(
            update={
                "seller_name": pair.seller_name or row.seller_name,
                "region": pair.region or row.region,
                "scopes": pair.scopes or row.scopes,
            }
        )
        async with self._store.transaction(fence=lease) as tx:
            await tx.put(TABLE, self._id, fresh.to_document())
        return pair.access_token

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

    def _is_ending(self, row: Authorisation) -> bool:
        """Whether it is time to refresh: ten minutes early, or a tenth of a shorter life."""
        life = row.access_expires_at - row.refreshed_at
        return row.access_expires_at - min(_LONGEST_MARGIN, life / 10) <= self._clock.now()
