"""The benchmark of listing runs from end to end at a very small size."""

from pathlib import Path

from tests.bench import bench_listing


def test_listing_is_measured_and_takes_three_calls_a_product(tmp_path: Path) -> None:
    report = bench_listing.run(products=2, rounds=1, parent=tmp_path)
    ours = [line for line in report.splitlines() if "| a listing job |" in line]
    assert len(ours) == len(bench_listing.WAYS)
    assert all(line.endswith("| 6 | 6 |") for line in ours)
    assert not list(tmp_path.iterdir())
