"""`avasam export` and `avasam who`: what the store holds, for other programs, and who else works on it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tui.commands.options import Json
from tui.commands.output import Exit, emit, local, say, table
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend


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
            say(f"{taken.documents:,} documents in {len(taken.files)} file{'s' * (len(taken.files) != 1)}:")
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
