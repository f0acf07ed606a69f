"""The long torture runs from end to end in a second."""

from pathlib import Path

from tests.bench import bench_torture


def test_torture_is_measured_on_both_disks(tmp_path: Path) -> None:
    report = bench_torture.run(seconds=0.5, writers=2, parent=tmp_path)
    assert report.count("lost: 0") == 2
    assert "ERROR" not in report
    assert not list(tmp_path.iterdir())
