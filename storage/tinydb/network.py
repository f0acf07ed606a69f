"""Network file systems are refused: their locks and renames do not hold what the journal relies on."""

from pathlib import Path

from core.store import StoreError

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "gfs2", "ocfs2", "beegfs"}
)
_NETWORK_FUSE = ("fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.davfs", "fuse.ceph")
_MOUNTS = Path("/proc/self/mountinfo")


def refuse_network(directory: Path, *, mounts: Path = _MOUNTS) -> None:
    """Raise StoreError when the directory lies on a network file system.

    `mounts` is a list in the format of Linux's /proc/self/mountinfo; where there is none, nothing is refused.
    """
    try:
        listing = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return
    kind = _file_system(directory.resolve(), listing)
    if kind in _NETWORK or kind.startswith(_NETWORK_FUSE):
        raise StoreError(
            f"{directory} is on a network file system ({kind}), where locks and renames are not reliable and "
            "commits could be lost. Use a local disk: a store for several machines would need PostgreSQL, "
            "which this version does not have. Whoever knows this file system to be safe can set "
            "AVASAM_STORE_ON_NETWORK=1."
        )


def _file_system(directory: Path, listing: str) -> str:
    """The type of the file system of the innermost mount over a directory; the latest mount wins."""
    best, kind = -1, ""
    for line in listing.splitlines():
        head, _, tail = line.partition(" - ")
        fields, types = head.split(" "), tail.split(" ")
        if len(fields) < 5 or not types[0]:
            continue
        mount = Path(_unescaped(fields[4]))
        if len(mount.parts) >= best and directory.is_relative_to(mount):
            best, kind = len(mount.parts), types[0]
    return kind


def _unescaped(path: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        path = path.replace(code, character)
    return path
