"""Writers killed and stopped at random on a full disk or not, and a reader that checks every invariant.

Holders of the lock are stopped for up to 150 ms, so these waits are those of a disturbed store. "In doubt"
are transactions whose writer died before it was told; "kept" those of them that had become durable.
"""

import asyncio
from pathlib import Path

from tests.torture.run import Torture
from tests.torture.space import SmallDisk, space

SECONDS = 60.0
WRITERS = 4


def run(*, seconds: float = SECONDS, writers: int = WRITERS, parent: Path | None = None) -> str:
    """The counts on this disk, and on a small one that fills up, where such a one may be mounted."""
    return "\n".join(
        _run(seconds, writers, parent or Path.cwd(), small_disk=megabytes) for megabytes in (None, 2)
    )


def _run(seconds: float, writers: int, parent: Path, *, small_disk: int | None) -> str:
    with space(parent, small_disk) as place:
        where = "a small disk that fills up" if isinstance(place, SmallDisk) else "this disk"
        torture = Torture(place.place / "store", seconds=seconds, writers=writers, seed=6, space=place)
        report = asyncio.run(torture.run())
    counts = "\n".join(report.lines())
    return f"{writers} writers, {seconds:g} s, on {where}:\n\n```\n{counts}\n```\n"
