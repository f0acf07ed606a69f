from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.chart import blocks


@given(st.lists(st.floats(0, 1e9), max_size=80), st.integers(0, 60), st.integers(1, 4))
def test_blocks_fill_exactly_their_place(series: list[float], width: int, height: int) -> None:
    drawn = blocks(series, width, height=height)
    assert len(drawn) == height
    assert {cell_len(line) for line in drawn} == {width}


def test_the_newest_is_at_the_right_and_whatever_is_not_nothing_is_seen() -> None:
    assert blocks([0, 1, 1000], 3) == [" ▁█"]
    assert blocks([1, 0, 0, 8], 2) == ["▁█"]
    assert blocks([4, 8], 4, height=2) == ["  ██", "████"]
    assert blocks([5], 1, top=10.0) == ["▄"]
    assert blocks([0, 0], 2) == ["  "]
