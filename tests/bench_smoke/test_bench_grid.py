"""The benchmark of the Listing Manager runs from end to end at a very small size."""

from pathlib import Path

from tests.bench import bench_grid


def test_the_grid_is_measured_beside_a_comprehension_and_datatable(tmp_path: Path) -> None:
    report = bench_grid.run(rows=200, presses=2, parent=tmp_path)
    for line in (
        "| read all rows into memory |",
        "| fill the table, s |",
        "| page down, ms |",
        "| by title |",
    ):
        assert line in report
    assert not list(tmp_path.iterdir())
