"""`avasam backup` and `avasam restore`: everything in one file, and back."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.wording import count_of
from tui.commands.options import Json
from tui.commands.output import Exit, emit, fail, say
from tui.commands.running import with_backend

if TYPE_CHECKING:
    from core.backend import Backend


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; an older one of that name is replaced.")],
    with_tokens: Annotated[
        bool,
        typer.Option("--with-tokens", help="Shops need no new consent after a restore; guard such a file."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Back the store and its archive up into one file, while the program may go on running.

    Tokens stay sealed in it: they open only with this installation's key, which the file does not hold.
    """

    async def work(backend: "Backend") -> Exit:
        from core.services.backup import back_up

        archive = backend.settings.archive_directory()
        made = await back_up(backend.store, backend.clock, file, archive=archive, with_tokens=with_tokens)
        if as_json:
            emit(
                {
                    "file": str(made.path),
                    "documents": made.documents,
                    "archived": made.archived,
                    "bytes": made.bytes,
                    "tokens": made.tokens,
                }
            )
        else:
            tokens = "with tokens" if made.tokens else "without tokens"
            archived = f" and {made.archived:,} of the archive" if made.archived else ""
            held = count_of(made.documents, "document")
            say(f"{held}{archived}, {tokens}, {made.bytes:,} bytes: {made.path}")
        return Exit.OK

    with_backend(work, as_json=as_json)


def restore(
    file: Annotated[Path, typer.Argument(help="What `avasam backup` wrote.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; it is kept in a file beside the store.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring the store and its archive back from a backup, checked before anything is changed.

    With --force a store that is not empty is replaced, and one that cannot be opened is moved aside.
    """
    if force:
        asyncio.run(_make_way(file, as_json=as_json))

    async def work(backend: "Backend") -> Exit:
        from core.services.restore import restore as bring_back

        directory = backend.settings.store_directory()
        aside = directory.with_name(
            f"{directory.name}-before-restore-{backend.clock.now():%Y%m%dT%H%M%SZ}.backup"
        )
        archive = backend.settings.archive_directory()
        done = await bring_back(backend.store, backend.clock, file, aside=aside, archive=archive, force=force)
        if as_json:
            emit(
                {
                    "documents": done.documents,
                    "archived": done.archived,
                    "made_at": done.made_at,
                    "tokens": done.tokens,
                    "kept": None if done.kept_in is None else str(done.kept_in),
                }
            )
            return Exit.OK
        archived = f" and {done.archived:,} of the archive" if done.archived else ""
        back = "is" if done.documents == 1 else "are"
        say(f"{count_of(done.documents, 'document')}{archived} of {done.made_at} {back} back.")
        if done.kept_in is not None:
            say(f"What was there before is in {done.kept_in}")
        if not done.tokens:
            say("The backup holds no tokens: open each integration and choose Reauthorize.")
        return Exit.OK

    with_backend(work, as_json=as_json)


async def _make_way(file: Path, *, as_json: bool) -> None:
    """Move a store aside that cannot be opened, once the backup is known to be good."""
    from core.clock import SystemClock
    from core.services.errors import ServiceError
    from core.services.restore import check, set_aside
    from core.settings import SettingsError, load_settings
    from core.store import StoreCorrupt, StoreFormat
    from core.vault import VaultError
    from tui.bootstrap import open_backend

    try:
        backend = await open_backend()
    except (StoreCorrupt, StoreFormat) as error:
        damage = str(error)
    except (SettingsError, VaultError):
        return
    else:
        await backend.close()
        return
    try:
        await asyncio.to_thread(check, file)
        aside = set_aside(load_settings().store_directory(), SystemClock())
    except ServiceError as refused:
        fail(refused.what, refused.cure, as_json=as_json, code="refused")
        raise typer.Exit(Exit.FAILED) from None
    say(f"The store could not be opened ({damage})\nIt was moved to {aside}")
