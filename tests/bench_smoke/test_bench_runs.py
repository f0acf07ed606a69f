"""The benchmarks run from end to end at a very small size, so that they cannot rot unnoticed."""

from pathlib import Path

from tests.bench import bench_orders, bench_stock
from tests.bench.support import machine


def test_the_download_of_orders_is_measured_with_the_fewest_calls(tmp_path: Path) -> None:
    report = bench_orders.run(orders=120, rounds=1, parent=tmp_path)
    ours = [line for line in report.splitlines() if "| sync_orders |" in line]
    assert len(ours) == len(bench_orders.DELAYS)
    assert all(line.endswith("| 2 | 2 |") for line in ours)
    assert not list(tmp_path.iterdir())


def test_a_stock_pass_is_measured_and_pushes_exactly_what_changed(tmp_path: Path) -> None:
    report = bench_stock.run(mapped=60, changed=1, rounds=2, parent=tmp_path)
    assert "| calls to TikTok | 1, 1 | 1, 1 (the changed products) |" in report
    assert "| pushes of a second pass | 0, 0 | 0 |" in report
    assert not list(tmp_path.iterdir())


def test_the_machine_is_described_without_a_name_or_a_path() -> None:
    assert "cores" in machine()
    assert "/" not in machine()
