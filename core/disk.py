"""What makes a file's new name last: the directory that holds it is synced as well."""

import os
from pathlib import Path


def sync_directory(directory: Path) -> None:
    """Return once the names in a directory are on the disk. Raises OSError."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
