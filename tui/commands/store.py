"""`avasam export`, `who` and `archive`: what the store holds, who works on it, and what is past."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.options import Json, Limit
from tui.commands.output import Exit, emit, local, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend
    from core.services.archive import ArchiveService

archive = typer.Typer(
    help="Old finished orders and activity, out of the way but not lost.", no_args_is_help=True
)
_SHOWN = 100


def export(
    target: Annotated[
        Path, typer.Argument(help="A directory, for a file a table, or a name such as all.jsonl.")
    ],
    as_csv: Annotated[
        bool, typer.Option("--csv", help="CSV for spreadsheets instead of JSON lines.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write every document as JSON lines or CSV, without secrets."""

    async def work(backend: "Backend") -> Exit:
        from core.services.takeout import take_out

        taken = await take_out(backend.store, target, as_csv=as_csv)
        if as_json:
            emit({"documents": taken.documents, "files": [str(path) for path in taken.files]})
        else:
            say(f"{count_of(taken.documents, 'document')} in {count_of(len(taken.files), 'file')}:")
            for path in taken.files:
                print(path)
        return Exit.OK

    with_backend(work, as_json=as_json)


def who(as_json: Json = False) -> None:
    """List who else is here: screens and workers that use this store now."""

    async def work(backend: "Backend") -> Exit:
        from core.services.presence import who_is_here

        here = await who_is_here(backend.store, backend.clock.now(), but=backend.owner)
        if as_json:
            emit([one.to_document() for one in here])
            return Exit.OK
        table(
            ("USER", "WHAT", "WHERE", "SINCE", "SEEN"),
            [(one.user, one.role, one.owner, local(one.since), local(one.seen_at)) for one in here],
            empty="Nobody else is here.",
        )
        return Exit.OK

    with_backend(work, as_json=as_json)


@archive.command("run")
def run_archive(as_json: Json = False) -> None:
    """Move old finished orders and activity into the archive now; a running worker does it by itself."""

    async def work(backend: "Backend") -> Exit:
        from core.sync.archive import Ages

        ages = Ages(backend.settings.archive_days, backend.settings.activity_days)
        moved = await _archive_of(backend).run(ages)
        if as_json:
            emit({"orders": moved.orders, "activity": moved.activity})
        else:
            entries = count_of(moved.activity, "entry", "entries")
            say(f"{count_of(moved.orders, 'order')} and {entries} of activity moved.")
        return Exit.OK

    with_backend(work, as_json=as_json)


@archive.command("search")
def search_archive(
    words: Annotated[str, typer.Argument(help="Words that must all occur: a name, an order id, a SKU.")],
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """Search the archive, newest month first."""

    async def work(backend: "Backend") -> Exit:
        found = await _archive_of(backend).search(words, limit=limit or _SHOWN)
        if as_json:
            emit([{"month": one.month, "table": one.table, "key": one.key, **one.document} for one in found])
            return Exit.OK
        rows = [(one.month, one.table, one.key, str(one.document.get("state", ""))) for one in found]
        table(("MONTH", "WHAT", "KEY", "STATE"), rows, empty="Nothing in the archive has all these words.")
        return Exit.OK

    with_backend(work, as_json=as_json)


def _archive_of(backend: "Backend") -> "ArchiveService":
    from core.services.archive import ArchiveService
    from core.sync.archive import Archive

    archive = Archive(backend.store, backend.clock, backend.settings.archive_directory())
    return ArchiveService(backend.store, archive, owner=backend.owner)
