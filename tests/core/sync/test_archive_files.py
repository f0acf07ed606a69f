"""The archive's files: private or shared as the store is, and the last line of a key counts."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, cast

import pytest

from core.sync.archive_files import Archived, ArchiveFiles, ArchiveTrouble

ROOT = Path(__file__).parents[3]


def row(key: str, **more: str) -> Archived:
    return Archived("2026-01", "orders", key, {**more})


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


def test_the_latest_of_a_document_is_found_and_the_same_is_not_added_twice(tmp_path: Path) -> None:
    files = ArchiveFiles(tmp_path / "archive")
    files.add([row("i1/1", name="Ann"), row("i1/2", name="Ben")])
    (path,) = files.files()
    before = path.read_bytes()
    files.add([row("i1/2", name="Ben")])
    assert path.read_bytes() == before
    files.add([row("i1/1", name="Cem")])
    assert path.read_bytes().startswith(before), "what is there is copied, not packed again"
    assert files.search(["ann"], 10) == []
    assert files.search(["cem"], 10) == [row("i1/1", name="Cem")]
    assert len(files.search([], 10)) == 2
    assert sorted(one.name for one in (tmp_path / "archive").iterdir()) == ["lock", path.name]


def test_a_month_is_read_once_however_many_portions_it_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    unpack = gzip.open

    def counted(path: Path, mode: str = "rb") -> IO[bytes]:
        opened.append(path.name)
        return cast("IO[bytes]", unpack(path, mode))

    monkeypatch.setattr("core.sync.archive_files.gzip.open", counted)
    files, other = (ArchiveFiles(tmp_path / "archive") for _ in range(2))
    for number in range(5):
        files.add([row(f"i1/{number}"), row(f"i1/{number + 1}")])
    assert opened == [], "it made the file itself"
    other.add([row("i1/other")])
    files.add([row("i1/other"), row("i1/6")])
    files.add([row("i1/7"), row("i1/6")])
    assert opened == ["orders-2026-01.jsonl.gz"] * 2, "each reads what the other has written"
    (path,) = files.files()
    assert len(unpack(path).read().splitlines()) == 9, "nothing is in it twice"


def test_a_store_of_ones_own_has_a_private_archive(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    ArchiveFiles(tmp_path / "archive").add([row("i1/1")])
    assert mode(tmp_path / "archive") == 0o700
    assert {mode(one) for one in (tmp_path / "archive").iterdir()} == {0o600}


def test_users_of_one_group_share_the_archive_as_they_share_the_store() -> None:
    """Each in a process of its own and, where the caller may change it, as a user of its own."""
    script = """if True:
        import os, sys
        from pathlib import Path
        from core.sync.archive_files import Archived, ArchiveFiles
        user = int(sys.argv[2])
        if os.geteuid() == 0:
            os.setgroups([])
            os.setegid(60999)
            os.seteuid(user)
        ArchiveFiles(Path(sys.argv[1])).add([Archived("2026-01", "orders", f"i1/{user}", {})])
    """
    base = Path(tempfile.mkdtemp())
    try:
        base.chmod(0o755)
        home = base / "store"
        home.mkdir()
        if os.geteuid() == 0:
            os.chown(home, 0, 60999)
        home.chmod(0o2770)
        for user in ("60001", "60002", "60001"):
            subprocess.run([sys.executable, "-c", script, str(home / "archive"), user], check=True, cwd=ROOT)
        assert mode(home / "archive") == 0o2770
        assert {mode(one) for one in (home / "archive").iterdir()} == {0o660}
        assert len(ArchiveFiles(home / "archive").search([], 10)) == 2
    finally:
        shutil.rmtree(base)


def test_no_place_to_write_to_is_told_with_a_cure(tmp_path: Path) -> None:
    with pytest.raises(ArchiveTrouble, match="cannot be written: No such file") as told:
        ArchiveFiles(tmp_path / "gone" / "archive").add([row("i1/1")])
    assert "let this user write there" in told.value.cure
