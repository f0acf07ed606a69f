"""Files that a person asks for: private, and either whole or not there."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from core.disk import sync_directory
from core.services.errors import ServiceError


@contextmanager
def private_file(path: Path) -> Iterator[BinaryIO]:
    """A new file, 0600, that gets its name when the block ends well and is on the disk by then.

    What had that name before stays until then. ServiceError when it cannot be written.
    """
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
        sync_directory(path.parent)
    except OSError as error:
        raise ServiceError(
            f"{path} cannot be written: {error.strerror or error}",
            "Choose another place, or make room, and try again. Nothing was left behind.",
        ) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
