"""The benchmark of the store runs from end to end at a very small size."""

from pathlib import Path

from tests.bench import bench_store
from tests.bench.store_rivals import RIVALS


def test_the_store_is_measured_against_every_rival(tmp_path: Path) -> None:
    report = bench_store.run(sizes=(600,), full={"products": 300}, parent=tmp_path)
    assert all(kind.name in report for kind in RIVALS)
    for line in ("| insert 1 |", "| update 500 |", "| get |", "| open |", "p99", "sees a commit", "MB after"):
        assert line in report
    assert not list(tmp_path.iterdir())
