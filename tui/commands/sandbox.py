"""`avasam sandbox`: a local TikTok Shop and Avasam to try things on."""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from tui.commands.options import Json

app = typer.Typer(help="A local TikTok Shop and Avasam.", no_args_is_help=True)


@app.command("serve")
def serve(
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free port.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed makes the same merchant.")] = 7,
    products: Annotated[int, typer.Option(min=10, max=100_000, help="How many Avasam products.")] = 200,
    orders: Annotated[int, typer.Option(min=0, max=100_000, help="How many orders there are at first.")] = 40,
    live: Annotated[
        float, typer.Option(min=0, help="New orders a minute, with stock and price changes.")
    ] = 0.0,
    state: Annotated[
        Path | None, typer.Option(help="A file that keeps the merchant across restarts.")
    ] = None,
    redirect_url: Annotated[
        str | None, typer.Option(help="Where consent sends the browser; default: a page to copy from.")
    ] = None,
    with_parent: Annotated[
        bool, typer.Option("--with-parent", hidden=True, help="Stop when standard input ends.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Serve on loopback alone until stopped; with --json print addresses and credentials as one line."""
    from tui.bootstrap import serve_sandbox
    from tui.parent import watch_parent

    if with_parent:
        watch_parent(lambda: os.kill(os.getpid(), signal.SIGTERM))

    serve_sandbox(
        port=port,
        seed=seed,
        products=products,
        orders=orders,
        live=live,
        state=state,
        redirect_url=redirect_url,
        as_json=as_json,
    )
