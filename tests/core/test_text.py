"""Hostile text goes in, one harmless line comes out."""

import time
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.services.listing_rows import RowFilter
from core.text import TEXT_LIMIT, TITLE_LIMIT, clean_line, clean_text, csv_cell, words_of

_NASTY = (
    "\x1b\x9b\x9d[]\x07\\;0m\r\n\t\x00\x85\u200b\u200d\u202e\u2066\ufeff"
    "\u00ad\u034f\u3164\u0301\u0316\u0e34\u1100\u1161\ufb2c"
)
_hostile = st.text(
    st.one_of(st.characters(), st.characters(categories=["Cs"]), st.sampled_from(_NASTY)), max_size=80
)
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0") | {
    chr(code) for code in (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10))
}


def _is_harmless(char: str) -> bool:
    return char not in _INVISIBLE and unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}


@settings(deadline=None)
@given(_hostile)
@example("\x1b]0;title")
@example("a\x1b\x1b[31mb")
def test_no_control_bidi_zero_width_surrogate_or_newline_gets_through(text: str) -> None:
    assert all(_is_harmless(char) for char in clean_line(text))


@settings(deadline=None)
@given(_hostile)
def test_text_of_several_lines_keeps_newlines_and_tabs_and_nothing_else_that_steers(text: str) -> None:
    assert all(_is_harmless(char) for char in clean_text(text) if char not in "\n\t")


@settings(deadline=None)
@given(_hostile, st.integers(min_value=1, max_value=40))
def test_the_line_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(clean_line(text, limit)) <= limit
    assert len(clean_text(text, limit)) <= limit


@settings(deadline=None)
@given(_hostile, st.integers(min_value=1, max_value=40))
@example("e\u200b\u0301", 40)
@example("e\u00ad\u0301", 40)
@example("\u1100\u0301\u0302\u0303\u0304\u1161", 40)
@example("A\ufb2c\u05bc\u05bc", 40)
def test_cleaning_what_is_clean_changes_nothing(text: str, limit: int) -> None:
    assert clean_line(clean_line(text, limit), limit) == clean_line(text, limit)
    assert clean_text(clean_text(text, limit), limit) == clean_text(text, limit)


@settings(deadline=None)
@given(_hostile)
def test_what_comes_out_can_be_stored_and_sent(text: str) -> None:
    assert clean_line(text).encode().decode() == clean_line(text)


@pytest.mark.parametrize(
    "bomb",
    [
        "x" * 10_000_000,
        "\x1b[31m" * 2_000_000,
        "\x1b]0;" * 2_500_000,
        "e" + "\u0301\u0316" * 5_000_000,
        "\u202e" * 10_000_000,
    ],
    ids=["letters", "colours", "unclosed titles", "stacked marks", "bidi"],
)
def test_ten_megabytes_of_bombs_cost_about_what_ten_megabytes_of_letters_cost(bomb: str) -> None:
    def seconds(text: str) -> float:
        start = time.process_time()
        assert len(clean_line(text)) <= TITLE_LIMIT
        assert len(clean_text(text)) <= TEXT_LIMIT
        return time.process_time() - start

    assert seconds(bomb) < 20 * seconds("é" * 10_000_000) + 0.2


def test_markup_stays_as_text() -> None:
    assert clean_line("[red]Kettle[/red] [@click=app.quit]x") == "[red]Kettle[/red] [@click=app.quit]x"


def test_escape_sequences_go_with_what_they_carry() -> None:
    assert clean_line("\x1b[31mred\x1b[0m and \x1b]0;owned\x07a title\x9b2J") == "red and a title"


def test_wide_characters_and_combined_letters_are_kept() -> None:
    assert clean_line("水筒 500ml café 🫖") == "水筒 500ml café 🫖"
    assert clean_line("cafe\u0301") == "café"


def test_a_stack_of_marks_is_cut_to_three() -> None:
    assert clean_line("x" + "\u0301" * 50 + "y") == "x\u0301\u0301\u0301y"


def test_every_run_of_white_space_is_one_blank() -> None:
    assert clean_line("  a \t\r\n b\u00a0\u2003c\u2028d ") == "a b c d"


def test_a_cut_is_marked() -> None:
    assert clean_line("abcdef", 4) == "abc…"
    assert clean_text("one\ntwo\nthree", 8) == "one\ntwo…"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_spreadsheet_runs_a_cell_as_a_formula(start: str) -> None:
    assert csv_cell(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


@settings(deadline=None)
@given(_hostile)
def test_an_ordinary_cell_is_itself_and_a_neutralised_one_stays_so(text: str) -> None:
    assert csv_cell(csv_cell(text)) == csv_cell(text)
    assert csv_cell(text).removeprefix("'") in {text, text.removeprefix("'")}


def test_A19_what_is_pasted_into_a_search_finds_what_was_cleaned_where_it_entered() -> None:
    pasted = "\u200bCafe\u0301\u00a0 \u202eMUG\n"
    assert words_of(pasted) == ["caf\u00e9", "mug"]
    assert RowFilter(text=pasted).words == clean_line(pasted).casefold().split()
    assert words_of(" \u200b ") == []
