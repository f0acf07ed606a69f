"""`avasam activity`: what was done, and what is wrong until it is solved."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import IntegrationName, Json, Limit, Search
from tui.commands.orders_read import one_of, write
from tui.commands.output import Exit, counted, emit, local, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.services.activity_row import ActivityRow

app = typer.Typer(help="Syncs, jobs and open problems.", no_args_is_help=True)

OnlyResult = Annotated[str | None, typer.Option("--result", help="Only entries with this result.")]


@app.command("list")
def list_(
    integration: IntegrationName = None,
    result: OnlyResult = None,
    search: Search = "",
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List syncs and jobs: what is under way first, then newest first."""

    async def work(backend: "Backend") -> Exit:
        from core.services.export import activity_record

        rows, names = await _found(backend, integration, result, search)
        shown = rows[:limit]
        if as_json:
            emit(
                [
                    {**activity_record(row, _shop(row.integration_id, names)), "counts": row.counts}
                    for row in shown
                ]
            )
            return Exit.OK
        table(
            ("AT", "SHOP", "WHAT", "RESULT", "SECONDS", "DID"),
            [
                (
                    local(row.at),
                    _shop(row.integration_id, names),
                    row.kind,
                    row.result.value,
                    "" if row.took is None else f"{row.took.total_seconds():.1f}",
                    row.text or (counted(row.counts) if row.counts else ""),
                )
                for row in shown
            ],
            empty="Nothing was done yet. Ask for something: avasam sync all",
        )
        if len(shown) < len(rows):
            say(f"{len(shown)} of {len(rows)}")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("problems")
def problems(integration: IntegrationName = None, as_json: Json = False) -> None:
    """List open problems: what happened, why, and what to do now. They go when they are solved."""

    async def work(backend: "Backend") -> Exit:
        from core.services.activity import ActivityService, told
        from core.services.export import problem_record

        names, chosen = await _shops(backend, integration)
        found = [
            one
            for one in await ActivityService(backend).problems()
            if chosen is None or one.integration_id in {None, chosen}
        ]
        if as_json:
            emit([problem_record(one, _shop(one.integration_id, names)) for one in found])
        else:
            told_all = [told(one, _shop(one.integration_id, names)) for one in found]
            print("\n\n".join(told_all) or "No open problem.")
        return Exit.OK

    with_backend(work, as_json=as_json)


@app.command("export")
def export(
    file: Annotated[Path | None, typer.Argument(help="Where to; without it, standard output.")] = None,
    integration: IntegrationName = None,
    result: OnlyResult = None,
    search: Search = "",
    as_json: Json = False,
) -> None:
    """Write syncs and jobs as CSV, or JSON with --json."""

    async def work(backend: "Backend") -> Exit:
        from core.services.export import ACTIVITY_HEADINGS, Format, activity_record, rendered

        rows, names = await _found(backend, integration, result, search)
        records = [activity_record(row, _shop(row.integration_id, names)) for row in rows]
        kind = Format.JSON if as_json else Format.CSV
        return write(rendered(records, ACTIVITY_HEADINGS, kind), len(rows), file)

    with_backend(work, as_json=as_json)


async def _found(
    backend: "Backend", integration: str | None, result: str | None, search: str
) -> "tuple[list[ActivityRow], dict[str, str]]":
    from core.services.activity import ActivityFilter, ActivityService
    from core.services.activity_row import Result

    names, chosen = await _shops(backend, integration)
    book = ActivityService(backend).book()
    await book.refresh()
    keys = book.view(ActivityFilter(text=search, result=one_of(Result, result), integration_id=chosen))
    return [row for key in keys if (row := book.row(key)) is not None], names


async def _shops(backend: "Backend", integration: str | None) -> tuple[dict[str, str], str | None]:
    """Names by id, and the id of the one that was named."""
    from core.services.integrations import IntegrationService

    service = IntegrationService(backend)
    names = {one.id: one.name for one in await service.all()}
    return names, None if integration is None else (await service.named(integration)).id


def _shop(integration_id: str | None, names: dict[str, str]) -> str:
    return "all" if integration_id is None else names.get(integration_id, "(removed)")
