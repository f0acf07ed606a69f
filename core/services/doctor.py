"""Looks over a whole installation, and says of each thing whether it is well, and what to do when not."""

import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

import httpx

from core import tables
from core.backend import Backend
from core.models.integration import Authorisation, Integration
from core.models.job import Problem, Severity
from core.models.order import OrderState
from core.services.presence import who_is_here
from core.store import StoreError, Where
from core.sync.leases import INVENTORY, PRESENCE, of_integration
from core.vault import VaultError
from core.wording import count_of

AHEAD_SECONDS: Final = 30.0
BEHIND_SECONDS: Final = 300.0
"""TikTok accepts a clock from 5 minutes behind to 30 seconds ahead of its own (tiktok-shop-api §2)."""
_WARN_SECONDS: Final = 10.0
_SLOW_SECONDS: Final = 0.5
_SOON: Final = timedelta(days=14)
_NAMED: Final = 3
_ANSWER_SECONDS: Final = 5.0
_HELD: Final = {
    "products": tables.PRODUCTS,
    "SKUs on TikTok": tables.CHANNEL_SKUS,
    "mapped": tables.SKU_MAPPINGS,
    "rows edited here": tables.LISTINGS,
    "orders": tables.ORDERS,
}
"""What the store is said to hold."""


class Verdict(StrEnum):
    """How a thing was found."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `cure` says what to do unless all is well."""

    name: str
    verdict: Verdict
    what: str
    cure: str = ""


def asking() -> httpx.AsyncClient:
    """A way to the network for one look: it gives up soon."""
    return httpx.AsyncClient(timeout=_ANSWER_SECONDS, follow_redirects=False)


class Doctor:
    """Examines what an open backend has. Reads only, but for one lease that is taken and given back."""

    def __init__(
        self, backend: Backend, *, http: httpx.AsyncClient, tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._backend = backend
        self._store = backend.store
        self._clock = backend.clock
        self._http = http
        self._tick = tick

    async def examine(self) -> AsyncIterator[Finding]:
        """Every finding, as it is made."""
        yield await self._store_works()
        yield self._settings_suffice()
        yield await self._vault_opens()
        yield await self._clock_is_right()
        integrations = [
            Integration.from_document(row) async for _, row in self._store.scan(tables.INTEGRATIONS)
        ]
        for integration in integrations:
            yield await self._authorisation_holds(integration)
        yield await self._mappings_lead_somewhere({one.id: one.name for one in integrations})
        yield await self._worker_runs(integrations)
        yield await self._leases_are_in_order(integrations)
        yield await self._others()
        yield await self._nothing_is_open()
        yield await self._nobody_is_waited_for()

    async def _store_works(self) -> Finding:
        began = self._tick()
        try:
            lease = await self._store.lease("doctor", owner=self._backend.owner, ttl=timedelta(seconds=5))
            if lease is not None:
                await self._store.release(lease)
        except StoreError as error:
            return Finding("store", Verdict.FAIL, "It cannot be written", str(error))
        took = (self._tick() - began) / 2
        counted = {words: await self._store.count(name) for words, name in _HELD.items()}
        held = ", ".join(f"{count:,} {words}" for words, count in counted.items())
        if took > _SLOW_SECONDS:
            cure = "Look for a full or failing disk, or another program that writes a lot."
            return Finding("store", Verdict.WARN, f"A write takes {took:.1f} s; {held}", cure)
        return Finding("store", Verdict.PASS, f"{held}; a write takes {took * 1000:.1f} ms")

    def _settings_suffice(self) -> Finding:
        settings = self._backend.settings
        missing = settings.missing_for_tiktok()
        if missing:
            cure = "Set them from your app in TikTok's Partner Center, or try `avasam --sandbox`."
            return Finding(
                "settings", Verdict.WARN, f"No shop can be connected: no {', '.join(missing)}", cure
            )
        if self._backend.inventory() is None:
            cure = "Set AVASAM_CONSUMER_KEY and AVASAM_SECRET_KEY, or AVASAM_INVENTORY_FILE."
            return Finding("settings", Verdict.WARN, "There is no inventory to read", cure)
        return Finding("settings", Verdict.PASS, f"Complete; the program lives in {settings.home}")

    async def _vault_opens(self) -> Finding:
        vault, sealed = self._backend.vault, 0
        try:
            vault.unseal("doctor", vault.seal("doctor", "said aah"))
            async for key, row in self._store.scan(tables.AUTHORISATIONS):
                tokens = Authorisation.from_document(row)
                if not tokens.sealed_access_token and not tokens.sealed_refresh_token:
                    continue
                vault.unseal(f"{key}/access", tokens.sealed_access_token)
                vault.unseal(f"{key}/refresh", tokens.sealed_refresh_token)
                sealed += 1
        except VaultError as error:
            return Finding("vault", Verdict.FAIL, "Its key does not open what is stored", str(error))
        opened = count_of(sealed, "authorisation")
        return Finding("vault", Verdict.PASS, f"The key opens {opened}")

    async def _clock_is_right(self) -> Finding:
        address = self._backend.settings.tiktok_api_url
        before = self._clock.now()
        try:
            reply = await self._http.head(address)
            theirs = parsedate_to_datetime(reply.headers["date"]).astimezone(UTC)
        except (httpx.HTTPError, KeyError, ValueError) as error:
            why = f"{address} did not tell the time ({type(error).__name__})"
            return Finding("clock", Verdict.WARN, why, "Check the network, a proxy or a firewall.")
        ahead = _ahead(before, self._clock.now(), theirs)
        shown = f"{abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} TikTok's"
        cure = "Switch on the system's time synchronisation (`timedatectl set-ntp true`)."
        if ahead > AHEAD_SECONDS or ahead < -BEHIND_SECONDS:
            what = f"This machine's clock is {shown}: TikTok refuses every call"
            return Finding("clock", Verdict.FAIL, what, cure)
        if abs(ahead) > _WARN_SECONDS:
            return Finding("clock", Verdict.WARN, f"This machine's clock is {shown}", cure)
        return Finding("clock", Verdict.PASS, "Agrees with TikTok's")

    async def _authorisation_holds(self, integration: Integration) -> Finding:
        name = f"authorisation of {integration.name}"
        cure = "Open the integration and choose Reauthorize."
        row = await self._store.get(tables.AUTHORISATIONS, integration.authorisation_id)
        if integration.needs_reauthorisation is not None:
            return Finding(name, Verdict.FAIL, integration.needs_reauthorisation, cure)
        if row is None:
            return Finding(name, Verdict.FAIL, "It is missing from the store", cure)
        left = Authorisation.from_document(row).refresh_expires_at - self._clock.now()
        if left <= timedelta():
            return Finding(name, Verdict.FAIL, "It has run out", cure)
        verdict = Verdict.WARN if left < _SOON else Verdict.PASS
        return Finding(
            name, verdict, f"{count_of(left.days, 'day')} left", cure if verdict is Verdict.WARN else ""
        )

    async def _mappings_lead_somewhere(self, names: dict[str, str]) -> Finding:
        products = await self._keys(tables.PRODUCTS)
        channel = await self._keys(tables.CHANNEL_SKUS)
        astray, total = [], 0
        async for chunk in self._store.columns(tables.SKU_MAPPINGS, ("avasam_sku", "integration_id")):
            for key, (sku, integration_id) in chunk:
                total += 1
                if sku not in products or key not in channel or integration_id not in names:
                    astray.append(f"{names.get(str(integration_id), 'a removed integration')}: {sku}")
        if not astray:
            return Finding("mappings", Verdict.PASS, f"All {total:,} lead to a product and a listing")
        named = ", ".join(sorted(astray)[:_NAMED]) + (" …" if len(astray) > _NAMED else "")
        return Finding(
            "mappings",
            Verdict.WARN,
            f"{len(astray):,} of {total:,} lead nowhere ({named})",
            "Read the inventory and download the catalogue again, then unlink in SKU Mapping what stays.",
        )

    async def _worker_runs(self, integrations: list[Integration]) -> Finding:
        lease = await self._store.holder(PRESENCE)
        if lease is not None:
            return Finding("worker", Verdict.PASS, f"Runs as {lease.owner}")
        if not any(one.enabled for one in integrations):
            return Finding("worker", Verdict.PASS, "None runs, and no integration needs one")
        cure = "Run `avasam worker` under a service manager, or leave the screens open."
        return Finding("worker", Verdict.WARN, "None runs: nothing is synced", cure)

    async def _leases_are_in_order(self, integrations: list[Integration]) -> Finding:
        worker = await self._store.holder(PRESENCE)
        held, strays = 0, []
        for name in (INVENTORY, *(of_integration(one.id) for one in integrations)):
            lease = await self._store.holder(name)
            held += lease is not None
            if lease is not None and worker is None:
                strays.append(f"{name} by {lease.owner}")
        if strays:
            cure = "Nothing if that is a command that still runs; else wait a minute, they end by themselves."
            return Finding("leases", Verdict.WARN, f"No worker, but held: {', '.join(strays)}", cure)
        return Finding("leases", Verdict.PASS, f"{held} held")

    async def _nothing_is_open(self) -> Finding:
        found = [Problem.from_document(row) async for _, row in self._store.scan(tables.PROBLEMS)]
        if not found:
            return Finding("problems", Verdict.PASS, "None is open")
        found.sort(key=lambda one: (one.severity is not Severity.ERROR, one.since))
        named = "; ".join(one.what for one in found[:_NAMED])
        more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        count = f"{len(found)} open problem{'s' * (len(found) != 1)}"
        cure = "Causes and cures: avasam activity problems, or p on Activity."
        return Finding("problems", Verdict.WARN, f"{count}: {named}{more}", cure)

    async def _nobody_is_waited_for(self) -> Finding:
        states = (OrderState.FLAGGED, OrderState.HELD)
        counts = {
            state: await self._store.count(tables.ORDERS, (Where("state", "eq", state.value),))
            for state in states
        }
        told = ", ".join(f"{count:,} {state.value}" for state, count in counts.items() if count)
        if not told:
            return Finding("orders", Verdict.PASS, "None waits for a person")
        cure = "Each with its reason and its cure: avasam orders list --state flagged --state held."
        return Finding("orders", Verdict.WARN, f"Not on their way to Avasam: {told}", cure)

    async def _others(self) -> Finding:
        others = await who_is_here(self._store, self._clock.now(), but=self._backend.owner)
        shown = ", ".join(f"{one.user} ({one.role} on {one.owner})" for one in others)
        return Finding("who is here", Verdict.PASS, shown or "Nobody else")

    async def _keys(self, table: str) -> set[str]:
        return {key async for chunk in self._store.columns(table, ()) for key, _ in chunk}


def _ahead(before: datetime, after: datetime, theirs: datetime) -> float:
    """By how many seconds this clock is ahead, at least: a Date header is cut to the second."""
    if theirs > after:
        return (after - theirs).total_seconds()
    return max(0.0, (before - theirs).total_seconds() - 1.0)
