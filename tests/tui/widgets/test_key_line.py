"""The line of keys: whole keys, the way out always, a click presses one; a moving focus draws little."""

from hypothesis import given
from hypothesis import strategies as st
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.terminal import lines, refreshed, until
from tui.widgets.key_line import KeyLine, ShownKey, fitting
from tui.widgets.row_view import RowView
from tui.widgets.virtual_table import VirtualTable

MORE = 2
words = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=12)
keys = st.lists(
    st.builds(ShownKey, words, words, words, st.booleans()), max_size=25, unique_by=lambda key: key.key
)


@given(keys, st.booleans(), st.integers(0, 160))
def test_only_whole_keys_and_the_way_out_are_shown(
    shown: list[ShownKey], with_escape: bool, width: int
) -> None:
    if with_escape:
        shown.append(ShownKey("escape", "esc", "Back", enabled=True))
    before, behind = fitting(shown, width)
    all_fit = sum(key.width for key in shown) <= width + 1
    if all_fit:
        assert list(before) == shown
        assert not behind
        return
    assert list(before) == [key for key in shown if key.key != "escape"][: len(before)], "the first ones"
    assert [key.key for key in behind] == ["escape"] * with_escape
    taken = sum(key.width for key in (*before, *behind)) + MORE
    assert taken <= width or not before


class Keys(App[None]):
    """Words to type into, a list, five keys of which one cannot be pressed."""

    BINDINGS = [
        Binding("m", "note('map')", "Map them"),
        Binding("u", "note('unlink')", "Unlink"),
        Binding("n", "never", "Never"),
        Binding("slash", "note('find')", "Find"),
        Binding("f1", "help_screen", "Help"),
        Binding("escape", "note('out')", "Out", key_display="esc"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[str] = []

    def compose(self) -> ComposeResult:
        yield Input(id="words")
        yield VirtualTable([], id="list")
        yield KeyLine()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action == "never" else True

    def action_note(self, what: str) -> None:
        self.noted.append(what)

    def action_help_screen(self) -> None:
        self.noted.append("help")

    def action_never(self) -> None:
        self.noted.append("never")


def last_line(pilot: Pilot[None]) -> str:
    return lines(pilot)[-1].rstrip()


async def test_it_follows_what_can_be_pressed_and_a_click_presses_it() -> None:
    app = Keys()
    async with app.run_test(size=(60, 10)) as pilot:
        app.query_one(VirtualTable).focus()
        await until(pilot, lambda: "m Map them" in last_line(pilot))
        assert "esc Out" in last_line(pilot)
        for label in ("Unlink", "Never", "Out"):
            assert await pilot.click(KeyLine, offset=(last_line(pilot).index(label), 0))
        await until(pilot, lambda: "out" in app.noted)
        assert app.noted == ["unlink", "out"], "what cannot be pressed is not"
        app.query_one(Input).focus()
        await until(pilot, lambda: "m Map them" not in last_line(pilot))
        assert "/ Find" not in last_line(pilot)
        assert "esc Out" in last_line(pilot), "a letter is typed there, it is no command"


async def test_when_they_do_not_fit_the_sign_opens_the_help() -> None:
    app = Keys()
    async with app.run_test(size=(30, 10)) as pilot:
        app.query_one(VirtualTable).focus()
        await until(pilot, lambda: "…" in last_line(pilot))
        assert last_line(pilot) == " ⏎ Open  … esc Out", "the next key would not be whole"
        assert await pilot.click(KeyLine, offset=(last_line(pilot).index("…"), 0))
        await until(pilot, lambda: app.noted)
        assert app.noted == ["help"]


async def test_a_moving_focus_does_not_draw_all_of_a_list() -> None:
    app = Keys()
    async with app.run_test(size=(60, 10)) as pilot:
        table, typed = app.query_one(VirtualTable), app.query_one(Input)
        typed.focus()
        await until(pilot, lambda: typed.has_focus)
        table.focus()
        await until(pilot, lambda: table.has_focus)
        await pilot.pause()  # the first time styles are new
        with refreshed() as seen:
            typed.focus()
            await until(pilot, lambda: typed.has_focus and not table.has_focus)
            table.focus()
            await until(pilot, lambda: table.has_focus)
            await pilot.pause()
        assert not [widget for widget in seen if isinstance(widget, RowView)]
