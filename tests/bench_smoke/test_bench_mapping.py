"""The benchmark of mapping runs from end to end at a very small size."""

from pathlib import Path

from tests.bench import bench_mapping


def test_suggestions_are_measured_against_equal_skus(tmp_path: Path) -> None:
    report = bench_mapping.run(products=300, unmapped=60, parent=tmp_path)
    baseline = next(line for line in report.splitlines() if line.startswith("| equal SKUs alone"))
    assert baseline.split("|")[3].strip() == "1.0000", "an equal SKU is never wrong in this set"
    assert "pairs in one commit" in report
    assert not list(tmp_path.iterdir())
