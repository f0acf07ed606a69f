"""The archive's part of a backup file: lines `["archive:orders-2026-01", key, document]` after the store's.

A document that is archived while the backup is written is in both parts, never in neither.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import orjson

from core.services.errors import NotAllowedNow, ServiceError
from core.sync.archive_files import ArchiveBusy, Archived, ArchiveFiles, ArchiveTrouble, parted

_MARK: Final = "archive:"
_BEGINS: Final = b'["archive:'
_AT_ONCE: Final = 20_000
"""Documents of one addition: each copies what its month holds already."""


def is_archived(line: bytes) -> bool:
    """Whether a line of a backup belongs to the archive."""
    return line.startswith(_BEGINS)


def archived_lines(files: ArchiveFiles) -> Iterator[bytes]:
    """Every document of the archive. ServiceError for a month that cannot be read."""
    try:
        for one in files.every():
            yield orjson.dumps([f"{_MARK}{one.table}-{one.month}", one.key, one.document])
    except ArchiveTrouble as error:
        raise ServiceError(error.what, error.cure) from None


def put_back(directory: Path, lines: Iterable[bytes]) -> int:
    """Add the archived documents among a backup's lines; how many. What is there already stays.

    ServiceError when a file cannot be written, NotAllowedNow while another program archives.
    """
    files = ArchiveFiles(directory)
    count = 0
    try:
        found = filter(None, map(_archived, lines))
        while rows := list(islice(found, _AT_ONCE)):
            if not count:
                directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            by_file: dict[tuple[str, str], list[Archived]] = {}
            for row in rows:
                by_file.setdefault((row.table, row.month), []).append(row)
            for some in by_file.values():
                files.add(some)
            count += len(rows)
    except ArchiveBusy as error:
        raise NotAllowedNow(error.what, error.cure) from None
    except ArchiveTrouble as error:
        raise ServiceError(error.what, error.cure) from None
    except OSError as error:
        what = f"{directory} cannot be made: {error.strerror or error}"
        raise ServiceError(what, "Make room, or let this user write there.") from None
    return count


def _archived(line: bytes) -> Archived | None:
    if not is_archived(line):
        return None
    match orjson.loads(line):
        case [str(place), str(key), dict(document)]:
            file = parted(place.removeprefix(_MARK))
            return None if file is None else Archived(file[1], file[0], key, document)
        case _:
            return None
