"""`avasam listings check|results|reset|fix`: before a job, after it, and what gets a cause going again."""

from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.listing_actions import NoWait, finish
from tui.commands.listing_options import (
    All,
    Category,
    Filters,
    ProblemCode,
    Skus,
    Status,
    chosen,
    the_integration,
)
from tui.commands.listing_set import changes_of
from tui.commands.listings import app
from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.output import Exit, counted, emit, local, say, table
from tui.commands.running import with_backend
from tui.who import who

if TYPE_CHECKING:
    from core.backend import Backend
    from core.models.integration import Integration
    from core.services.listing_check import Checked

__all__ = ["app"]


@app.command("check")
def check(
    skus: Skus = None,
    integration: IntegrationName = None,
    action: Annotated[
        str, typer.Option("--for", help="publish, update, delete, deactivate or activate.")
    ] = "publish",
    images: Annotated[bool, typer.Option("--images", help="Also fetch and measure the images.")] = False,
    search: Search = "",
    status: Status = None,
    category: Category = None,
    problem: ProblemCode = None,
    every: All = False,
    as_json: Json = False,
) -> None:
    """Say what publish or update would meet, every problem at once; nothing is sent; exit code 1 for any."""

    async def work(backend: "Backend") -> Exit:
        from core.models.listing_state import Action
        from core.services.errors import NotFound
        from core.services.listing_check import ListingCheck

        shop = await the_integration(backend, integration)
        filters = Filters(search, status, category, None, problem)
        rows = await chosen(backend, shop, skus, filters, every=every)
        try:
            wanted = Action(action)
        except ValueError:
            raise NotFound(f"There is no action {action!r}", f"Actions: {', '.join(Action)}.") from None
        looking = ListingCheck(backend, shop, wanted, images=images)
        fronts = await looking.fronts(rows)
        found = [one async for one in looking.run(fronts.skus)]
        if as_json:
            emit({"rows": [_checked_json(one) for one in found], "left_out": dict(fronts.left_out)})
        else:
            _tell(found, fronts.left_out)
        return Exit.FAILED if any(one.is_blocked for one in found) else Exit.OK

    with_backend(work, as_json=as_json)


@app.command("results")
def results(
    job: Annotated[str | None, typer.Argument(help="A job's id; without it the latest are listed.")] = None,
    integration: IntegrationName = None,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """What became of each row of a job, and what cures it; exit code 1 when one failed."""

    async def work(backend: "Backend") -> Exit:
        shop = await the_integration(backend, integration)
        if job is None:
            return await _latest(backend, shop, limit, as_json=as_json)
        return await _results(backend, shop, job, limit, as_json=as_json)

    with_backend(work, as_json=as_json)


@app.command("reset")
def reset(
    skus: Skus = None,
    integration: IntegrationName = None,
    cause: Annotated[str | None, typer.Option("--cause", help="All rows of this cause.")] = None,
    as_json: Json = False,
) -> None:
    """Lift the holds of rows that were refused three times alike. Nothing is sent: retry does that."""

    async def work(backend: "Backend") -> Exit:
        from core.services.listings import ListingService
        from core.services.triage import TriageService

        shop = await the_integration(backend, integration)
        if cause is not None:
            lifted = await TriageService(backend).reset(shop, cause)
        else:
            rows = await chosen(backend, shop, skus, Filters(), every=False)
            lifted = await ListingService(backend).reset(shop, rows)
        if as_json:
            emit({"lifted": lifted})
        else:
            say(f"{lifted} holds lifted; nothing was sent")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("fix")
def fix(
    cause: Annotated[str, typer.Argument(help="A cause's id (see problems).")],
    integration: IntegrationName = None,
    title: Annotated[str | None, typer.Option(help="A title for all of them.")] = None,
    description: Annotated[str | None, typer.Option(help="Text or HTML; - reads standard input.")] = None,
    price: Annotated[str | None, typer.Option(help="A selling price with VAT.")] = None,
    weight: Annotated[str | None, typer.Option(help="Of the package, in kilograms.")] = None,
    size: Annotated[str | None, typer.Option(help="Of the package: 30x20x12, in centimetres.")] = None,
    no_wait: NoWait = False,
    as_json: Json = False,
) -> None:
    """Type what cures a cause into all of its rows, and try them again."""

    async def work(backend: "Backend") -> Exit:
        from core.services.errors import ServiceError
        from core.services.triage import TriageService

        shop = await the_integration(backend, integration)
        changes = changes_of(title=title, description=description, price=price, weight=weight, size=size)
        if not changes:
            raise ServiceError(
                "Nothing was typed", "Add --title, --description, --price, --weight or --size."
            )
        fixed = await TriageService(backend).fix(shop, cause, changes, by=who())
        if not as_json:
            say(f"{count_of(fixed.changed, 'row')} changed")
        return await finish(backend, fixed.asked, no_wait=no_wait, as_json=as_json)

    with_backend(work, as_json=as_json)


async def _latest(backend: "Backend", shop: "Integration", limit: int | None, *, as_json: bool) -> Exit:
    from core.services.job_report import LATEST, JobReports

    jobs = await JobReports(backend, shop).latest(limit or LATEST)
    if as_json:
        emit([one.to_document() for one in jobs])
        return Exit.OK
    table(
        ("JOB", "ACTION", "ASKED", "BY", "STATE", "ROWS", "RESULT"),
        [
            (
                one.id,
                one.kind.value,
                local(one.requested_at),
                one.requested_by,
                one.state.value,
                str(one.total or 0),
                one.error or counted(one.counts),
            )
            for one in jobs
        ],
        empty="No job on listings yet.",
    )
    return Exit.OK


async def _results(
    backend: "Backend", shop: "Integration", name: str, limit: int | None, *, as_json: bool
) -> Exit:
    from core.models.listing_state import RowResult
    from core.services.job_report import JobReports, result_record

    reports = JobReports(backend, shop)
    job = await reports.job(name)
    rows = await reports.rows(job)
    if as_json:
        emit({"job": job.to_document(), "rows": [dict(result_record(row)) for row in rows[:limit]]})
    else:
        table(
            ("SKU", "RESULT", "WHAT", "FIX"),
            [(row.sku, row.result.value, row.text, row.fix) for row in rows[:limit]],
            empty="This job has no rows any more.",
        )
        say(f"{job.kind.value} {job.id}: {job.state.value}, {counted(job.counts)}")
    return Exit.FAILED if any(row.result is RowResult.FAILED for row in rows) else Exit.OK


def _checked_json(one: "Checked") -> dict[str, object]:
    return {
        "sku": one.sku,
        "title": one.title,
        "variants": one.variants,
        "fine": one.is_fine,
        "skipped": one.skipped,
        "changes": None if one.changes is None else list(one.changes),
        "problems": [problem.to_document() for problem in one.problems],
    }


def _tell(found: "list[Checked]", left_out: list[tuple[str, str]]) -> None:
    lines: list[tuple[str, str, str, str, str]] = []
    for one in found:
        if one.skipped:
            lines.append((one.sku, "skipped", "", one.skipped, ""))
        if one.is_fine and one.changes is not None:
            lines.append((one.sku, "sends" if one.changes else "same", "", "; ".join(one.changes), ""))
        for problem in () if one.skipped else one.problems:
            mark = "x" if problem.blocking else "-"
            lines.append((problem.sku or one.sku, mark, problem.field, problem.what, problem.fix))
    lines += [(sku, "left out", "", why, "") for sku, why in left_out]
    table(("SKU", "", "FIELD", "WHAT", "FIX"), lines, empty="Nothing is wrong.")
    fine, blocked = sum(one.is_fine for one in found), sum(one.is_blocked for one in found)
    say(f"{fine} fine, {blocked} with problems, {len(found) - fine - blocked} skipped; nothing was sent")
