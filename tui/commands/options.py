"""Options that several commands share."""

from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of text.")]
IntegrationName = Annotated[
    str | None, typer.Option("--integration", "-i", metavar="NAME", help="Only this integration.")
]
Confirm = Annotated[
    bool, typer.Option("--confirm", help="Go on although the mass-change guard stopped it (exit code 3).")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="At most this many rows.")]
Search = Annotated[str, typer.Option("--search", "-s", help="Words that must all occur.")]
