"""The drawn code holds exactly the modules of the code, and needs a desktop only where there is one."""

import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.browser import is_there
from tui.widgets.qr import QUIET, qr_size, qr_text

DARK = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=300))
@settings(max_examples=25, deadline=None)
def test_the_drawing_read_back_is_the_code(content: str) -> None:
    text = qr_text(content)
    upper = [[DARK[cell][0] for cell in line] for line in text.plain.split("\n")]
    lower = [[DARK[cell][1] for cell in line] for line in text.plain.split("\n")]
    rows = [row for two in zip(upper, lower, strict=True) for row in two]
    code = segno.make(content, micro=False, error="l", boost_error=False)
    expected = [[int(bool(module)) for module in row] for row in code.matrix_iter(border=QUIET)]
    assert rows[: len(expected)] == expected
    assert not any(any(row) for row in rows[len(expected) :])
    assert qr_size(text).width == len(expected[0])


def test_an_address_of_TikTok_fits_a_terminal_of_80x24() -> None:
    address = (
        "https://services.tiktokshop.com/open/authorize?service_id=7212345678901234567&state=" + "s" * 32
    )
    size = qr_size(qr_text(address))
    assert size.width <= 80
    assert size.height <= 24


def test_a_browser_is_opened_only_in_front_of_the_person() -> None:
    assert is_there({"DISPLAY": ":0"}, "linux")
    assert is_there({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert is_there({}, "darwin")
    assert not is_there({}, "linux")
    assert not is_there({"DISPLAY": ":0", "SSH_CONNECTION": "a b c d"}, "linux")
    assert not is_there({"SSH_TTY": "/dev/pts/1"}, "darwin")
