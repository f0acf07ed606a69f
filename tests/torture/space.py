"""Disk space that runs out now and then: a small file system of its own, where the caller may mount one."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Space:
    """A place for the store; writers limit the size of their files themselves."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def squeeze(self) -> None:
        """Let a while pass."""
        time.sleep(0.05)


class SmallDisk(Space):
    """A mounted file system of a few megabytes, which another program fills and clears again."""

    def squeeze(self) -> None:
        """Fill the disk for a while, to the last byte, then leave room for a while."""
        ballast = self.place / "ballast"
        with suppress(OSError), ballast.open("wb", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
        time.sleep(0.04)
        ballast.unlink(missing_ok=True)
        time.sleep(0.09)


@contextmanager
def space(parent: Path, small_disk: int | None) -> Iterator[Space]:
    """A place that goes away again; `small_disk` asks for a mounted one of that many MB, where allowed."""
    base = Path(tempfile.mkdtemp(dir=parent, prefix=".torture-"))
    mounted = small_disk is not None and _mount(base, small_disk)
    try:
        yield SmallDisk(base) if mounted else Space(base)
    finally:
        if mounted:
            subprocess.run(["umount", str(base)], check=True)
        shutil.rmtree(base)


def _mount(place: Path, megabytes: int) -> bool:
    if os.geteuid() != 0 or shutil.which("mount") is None:
        return False
    options = f"size={megabytes}m,mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "torture", str(place)], check=False, capture_output=True
    )
    return done.returncode == 0
