"""`avasam sync`: do it now, through the worker if one runs, else here."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from tui.commands.options import Confirm, IntegrationName, Json
from tui.commands.output import Exit, counted, emit, fail, say
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration
    from core.models.job import Job, JobKind

app = typer.Typer(help="Sync now: orders, stock, price, or all of them.", no_args_is_help=True)


@app.command("orders")
def orders(integration: IntegrationName = None, as_json: Json = False) -> None:
    """Download what changed since the last order sync."""
    _sync("sync_orders", integration, confirmed=False, as_json=as_json)


@app.command("stock")
def stock(integration: IntegrationName = None, confirm: Confirm = False, as_json: Json = False) -> None:
    """Read the stock and push what changed."""
    _sync("sync_stock", integration, confirmed=confirm, as_json=as_json)


@app.command("price")
def price(integration: IntegrationName = None, confirm: Confirm = False, as_json: Json = False) -> None:
    """Read the products and push the prices that changed."""
    _sync("sync_price", integration, confirmed=confirm, as_json=as_json)


@app.command("all")
def all_(integration: IntegrationName = None, confirm: Confirm = False, as_json: Json = False) -> None:
    """Orders first, then stock and price."""
    _sync("sync_all", integration, confirmed=confirm, as_json=as_json)


@app.command("verify")
def verify(integration: IntegrationName = None, as_json: Json = False) -> None:
    """Read live quantities back and correct what differs."""
    _sync("verify", integration, confirmed=False, as_json=as_json)


@app.command("catalogue")
def catalogue(integration: IntegrationName = None, as_json: Json = False) -> None:
    """Download what exists in the shop."""
    _sync("download_catalogue", integration, confirmed=False, as_json=as_json)


def _sync(kind: str, name: str | None, *, confirmed: bool, as_json: bool) -> None:
    async def work(backend: "Backend") -> Exit:
        from core.models.job import JobKind
        from core.services.errors import NotFound
        from core.services.integrations import IntegrationService

        service = IntegrationService(backend)
        chosen = (
            [one for one in await service.all() if one.enabled]
            if name is None
            else [await service.named(name)]
        )
        if not chosen:
            raise NotFound("There is no enabled integration", "Add one with: avasam integrations add NAME")
        return await run_jobs(
            backend, JobKind(kind), chosen, requested_by=who(), confirmed=confirmed, as_json=as_json
        )

    with_backend(work, as_json=as_json)


async def run_jobs(
    backend: "Backend",
    kind: "JobKind",
    targets: "Sequence[Integration | None]",
    *,
    requested_by: str,
    confirmed: bool,
    as_json: bool,
) -> Exit:
    """One job a target, followed to its end; the worst result is the exit code."""
    from core.services.sync import SyncService

    service = SyncService(backend)
    codes: list[Exit] = []
    results: list[dict[str, object]] = []
    for target in targets:
        if target is not None and target.needs_reauthorisation is not None:
            codes.append(Exit.NEEDS_REAUTHORISATION)
            results.append(
                {"integration": target.name, "state": "paused", "error": target.needs_reauthorisation}
            )
            if not as_json:
                fail(f"{target.name} needs reauthorisation: {target.needs_reauthorisation}", as_json=False)
            continue
        job = await service.request(kind, target, requested_by=requested_by, confirmed=confirmed)
        async for now in service.follow(job):
            job = now
            if not as_json and sys.stderr.isatty() and job.total:
                sys.stderr.write(f"\r  {job.done} of {job.total}\x1b[K")
        codes.append(_code(job))
        name = "inventory" if target is None else target.name
        results.append({**job.to_document(), "integration": name})
        if not as_json:
            _tell(name, job)
    if as_json:
        emit(results)
    return max(codes, key=_BADNESS.index)


_BADNESS = (Exit.OK, Exit.BUSY, Exit.NEEDS_CONFIRMATION, Exit.NEEDS_REAUTHORISATION, Exit.FAILED)


def _code(job: "Job") -> Exit:
    from core.models.job import JobState

    if job.state is JobState.DONE:
        refused = any(
            count for name, count in job.counts.items() if name.endswith((".refused", ".unreadable"))
        )
        return Exit.FAILED if refused else Exit.OK
    if job.state is JobState.NEEDS_CONFIRMATION:
        return Exit.NEEDS_CONFIRMATION
    return Exit.NEEDS_REAUTHORISATION if job.state is JobState.QUEUED else Exit.FAILED


def _tell(name: str, job: "Job") -> None:
    if sys.stderr.isatty() and job.total:
        sys.stderr.write("\r\x1b[K")
    if job.error is None:
        say(f"{name}: {counted(job.counts)}")
    else:
        fail(f"{name}: {job.error}", job.cure or "", as_json=False)
