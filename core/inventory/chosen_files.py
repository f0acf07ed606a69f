"""Files that somebody chose for a listing: read within limits, and only as they were then."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from core.models.category import KeptFile


class FileFault(Exception):
    """The file cannot be used; the text reads on from its name: `is not there any more`."""


class FileSource(Protocol):
    """Where chosen files come from."""

    async def open(self, path: str, *, most: int) -> bytes:
        """At most `most` bytes and one more, so that a larger file shows. Raises FileFault."""
        ...


class LocalFiles:
    """Files of this machine."""

    async def open(self, path: str, *, most: int) -> bytes:
        """See FileSource.open. Only ordinary files are read: a pipe would never end."""
        return await asyncio.to_thread(_read, Path(path), most)


async def read_kept(source: FileSource, kept: KeptFile, *, most: int) -> bytes:
    """The bytes that were chosen. Raises FileFault when the file is gone or is not the same any more."""
    content = await source.open(kept.path, most=most)
    if await asyncio.to_thread(hash_of, content) != kept.content_hash:
        raise FileFault("is not the one that was chosen any more: it was changed since")
    return content


def hash_of(content: bytes) -> str:
    """What a file is known by."""
    return sha256(content).hexdigest()


def _read(path: Path, most: int) -> bytes:
    try:
        if path.is_dir():
            raise FileFault("is a folder, not a file")
        if not path.exists():
            raise FileFault("is not there")
        if not path.is_file():
            raise FileFault("is not an ordinary file")
        with path.open("rb") as file:
            return file.read(most + 1)
    except PermissionError:
        raise FileFault("may not be read by this user") from None
    except (OSError, ValueError) as error:
        raise FileFault(f"cannot be read ({getattr(error, 'strerror', None) or error})") from None
