from tui.words.progress import progress


def test_long_work_shows_a_bar_the_count_the_rate_and_the_time_left() -> None:
    assert progress(4_000, 10_000, 5.0) == "████░░░░░░ 4,000 of 10,000 · 800 a second · 8 s left"
    assert progress(100, 100_000, 1.0) == "░░░░░░░░░░ 100 of 100,000 · 100 a second · 17 min left"


def test_without_a_rate_none_is_told() -> None:
    assert progress(0, 10_000, 3.0) == "░░░░░░░░░░ 0 of 10,000"
    assert progress(5, 10, 0.0) == "█████░░░░░ 5 of 10"
    assert progress(0, 0, 0.0) == "░░░░░░░░░░ 0 of 0"
