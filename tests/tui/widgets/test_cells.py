from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.cells import fit

HOSTILE = (
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "[red]markup[/red] [/]",
    "\u202eright to left\u202c \u200bzero\u200dwidth",
    "x" * 10_000,
    "界" * 5_000,
    "e" + "\u0301" * 500,
    "👩‍👩‍👧‍👦 family ❤️ 🇬🇧",
    "tab\tnew\nline\rreturn\x00nul",
    "\u0301leading mark",
    "\ud800 lone surrogate",
    "ｶﾞ half width ﷽",
)


@given(st.text() | st.sampled_from(HOSTILE), st.integers(0, 60), st.booleans())
@example("界界", 3, False)
@example("界", 1, True)
def test_any_text_is_exactly_as_wide_as_its_place(text: str, width: int, right: bool) -> None:
    shown = fit(text, width, right=right)
    assert cell_len(shown) == width
    assert sum(cell_len(char) for char in shown) == width
    assert shown.isprintable()


def test_what_fits_is_whole_and_what_does_not_ends_in_an_ellipsis() -> None:
    assert fit("Blue mug", 10) == "Blue mug  "
    assert fit("57", 5, right=True) == "   57"
    assert fit("Blue mug", 5) == "Blue…"
    assert fit("界界界", 4) == "界 …"
    assert fit("Größe", 5) == "Größe"


def test_markup_is_only_text() -> None:
    assert fit("[red]x[/]", 12) == "[red]x[/]   "
