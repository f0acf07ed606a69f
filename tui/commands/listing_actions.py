"""`avasam listings publish|update|delete|deactivate|activate|retry|cancel|problems`: asked for as jobs."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.listing_options import (
    All,
    Category,
    Collection,
    Filters,
    ProblemCode,
    Skus,
    Status,
    Stock,
    chosen,
    the_integration,
)
from tui.commands.listings import app
from tui.commands.options import IntegrationName, Json, Search
from tui.commands.output import Exit, counted, emit, fail, local, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.job import Job
    from core.rules.triage import Cause
    from core.services.listings import Asked

__all__ = ["app"]

Yes = Annotated[bool, typer.Option("--yes", help="Do it; without this only the count is shown.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Leave it to the worker and return at once.")]
_SHOWN = 50


@app.command("publish")
def publish(
    skus: Skus = None,
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    stock: Stock = None,
    problem: ProblemCode = None,
    collection: Collection = None,
    every: All = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """List rows on TikTok: rows in error are tried again, linked ones are skipped and said so."""
    filters = Filters(search, status, category, stock, problem, collection)
    _act("publish", skus, filters, integration, every=every, no_wait=no_wait, as_json=as_json)


@app.command("update")
def update(
    skus: Skus = None,
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    stock: Stock = None,
    problem: ProblemCode = None,
    collection: Collection = None,
    every: All = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Send what has changed on listed rows, and nothing else."""
    filters = Filters(search, status, category, stock, problem, collection)
    _act("update", skus, filters, integration, every=every, no_wait=no_wait, as_json=as_json)


@app.command("delete")
def delete(
    skus: Skus = None,
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    stock: Stock = None,
    problem: ProblemCode = None,
    collection: Collection = None,
    every: All = False,
    yes: Yes = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Delete listings on TikTok and unlink their rows. Asks first: exit code 3 without --yes."""
    filters = Filters(search, status, category, stock, problem, collection)
    _act("delete", skus, filters, integration, every=every, no_wait=no_wait, as_json=as_json, sure=yes)


@app.command("deactivate")
def deactivate(
    skus: Skus = None,
    integration: IntegrationName = None,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    every: All = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Take listings off sale; they stay linked."""
    filters = Filters(search, status, category)
    _act("deactivate", skus, filters, integration, every=every, no_wait=no_wait, as_json=as_json)


@app.command("activate")
def activate(
    skus: Skus = None,
    integration: IntegrationName = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Put deactivated listings on sale again; TikTok reviews them anew."""
    _act("activate", skus, Filters(), integration, every=False, no_wait=no_wait, as_json=as_json)


@app.command("retry")
def retry(
    skus: Skus = None,
    integration: IntegrationName = None,
    problem: Annotated[
        str | None, typer.Option("--cause", help="Only rows of this cause (see problems).")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Also lift holds after three refusals.")] = False,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Ask again for everything that failed or was not tried."""

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService
        from core.services.triage import TriageService

        shop = await the_integration(backend, integration)
        if problem is not None:
            asked = await TriageService(backend).retry(shop, problem, by=who(), reset=reset)
        else:
            asked = await ListingService(backend).retry(shop, skus or None, by=who(), reset=reset)
        if not asked and not as_json:
            say("Nothing failed, and nothing was left out")
        return await finish(backend, asked, no_wait=no_wait, as_json=as_json)

    with_backend(work, as_json=as_json)


@app.command("cancel")
def cancel(job: Annotated[str, typer.Argument(help="A job's id.")], as_json: Json = False) -> None:
    """End a job after the rows that are under way."""

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService

        ended = await ListingService(backend).cancel(job)
        if as_json:
            emit(ended.to_document())
        else:
            say(f"{ended.id}: {ended.state.value}{' (ending)' if ended.cancel_requested else ''}")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("problems")
def problems(integration: IntegrationName = None, as_json: Json = False) -> None:
    """What is wrong, by cause: how many rows, since when, and what cures it."""

    async def work(backend: "Backend") -> Exit:
        from core.services.triage import TriageService

        shop = await the_integration(backend, integration)
        causes = await TriageService(backend).causes(shop)
        if as_json:
            emit([_cause_json(one) for one in causes])
            return Exit.OK
        table(
            ("CAUSE", "ROWS", "HELD", "FIELD", "WHAT", "FIX", "CURED BY", "SINCE"),
            [
                (
                    one.id,
                    str(one.count),
                    str(one.held or ""),
                    one.field,
                    one.what,
                    one.fix,
                    one.opens,
                    local(one.oldest, ""),
                )
                for one in causes
            ],
            empty="No problem.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


def _act(
    name: str,
    skus: Sequence[str] | None,
    filters: Filters,
    integration: str | None,
    *,
    every: bool,
    no_wait: bool,
    as_json: bool,
    sure: bool = True,
) -> None:
    async def work(backend: "Backend") -> Exit:
        from core.models.listing_state import Action
        from core.services.listings import ListingService

        shop = await the_integration(backend, integration)
        rows = await chosen(backend, shop, skus, filters, every=every)
        if not sure:
            what = f"{count_of(len(rows), 'row')} of {shop.name} would be deleted on TikTok and unlinked"
            fail(what, "Add --yes if that is right.", as_json=as_json, code="confirmation")
            return Exit.NEEDS_CONFIRMATION
        asked = await ListingService(backend).ask(shop, Action(name), rows, by=who())
        return await finish(backend, [asked], no_wait=no_wait, as_json=as_json)

    with_backend(work, as_json=as_json)


async def finish(backend: "Backend", asked: "Sequence[Asked]", *, no_wait: bool, as_json: bool) -> Exit:
    """Follow the jobs, tell what became of each row; the worst result is the exit code."""
    from core.models.listing_state import RowResult
    from core.services.listings import ListingService

    exit_code, told = Exit.OK, []
    for one in asked:
        for sku, why in one.left_out:
            if not as_json:
                say(f"{sku}: {why}")
        job = one.job
        if job is not None and not no_wait:
            job = await _follow(backend, job)
        rows = [] if job is None else await ListingService(backend).results(job)
        failed = any(row.result is RowResult.FAILED for row in rows)
        exit_code = max(exit_code, _code(job, failed=failed, no_wait=no_wait))
        left_out = [{"sku": sku, "why": why} for sku, why in one.left_out]
        results = [{"sku": row.avasam_sku, "result": row.result.value, "text": row.text} for row in rows]
        told.append(
            {"job": None if job is None else job.to_document(), "rows": results, "left_out": left_out}
        )
        if not as_json and job is not None:
            for row in rows[:_SHOWN]:
                say(f"{row.avasam_sku}: {row.result.value}{f' - {row.text}' if row.text else ''}")
            if len(rows) > _SHOWN:
                say(f"… and {len(rows) - _SHOWN} more; --json lists all")
            say(f"{job.kind.value} {job.id}: {job.state.value}, {counted(job.counts)}")
            if job.error:
                fail(job.error, job.cure or "", as_json=False)
    if as_json:
        emit(told)
    return exit_code


async def _follow(backend: "Backend", job: "Job") -> "Job":
    from core.services.sync import SyncService

    async for now in SyncService(backend).follow(job):
        job = now
        if sys.stderr.isatty() and job.total:
            sys.stderr.write(f"\r  {job.done} of {job.total}\x1b[K")
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    return job


def _code(job: "Job | None", *, failed: bool, no_wait: bool) -> Exit:
    from core.models.job import JobState

    if job is None or no_wait:
        return Exit.OK
    if job.state is JobState.QUEUED:
        return Exit.NEEDS_REAUTHORISATION
    return Exit.FAILED if failed or job.state is not JobState.DONE else Exit.OK


def _cause_json(cause: "Cause") -> dict[str, object]:
    return {
        "id": cause.id,
        "code": cause.code,
        "field": cause.field,
        "what": cause.what,
        "fix": cause.fix,
        "cured_by": cause.opens,
        "blocking": cause.blocking,
        "rows": cause.count,
        "skus": list(cause.skus),
        "typed_into": list(cause.targets),
        "held": cause.held,
        "oldest": cause.oldest,
        "newest": cause.newest,
    }
