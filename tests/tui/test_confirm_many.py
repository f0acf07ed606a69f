"""The question before something done to many (ux.md, Manners)."""

from textual.app import App
from textual.widgets import Button, Input

from tui.screens.confirm_many import ConfirmMany


async def test_above_50_the_number_is_typed_at_once_and_enter_leads_to_the_action() -> None:
    answers: list[bool | None] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        question = ConfirmMany("Delete 90 listings?", [f"S{n}" for n in range(90)], "They go.", "Delete")
        app.push_screen(question, answers.append)
        await pilot.pause()
        assert question.focused is question.query_one("#cancel", Button)
        await pilot.press("9")
        assert question.query_one(Input).value == "9"
        await pilot.press("enter")
        assert answers == [], "not the number yet"
        await pilot.press("0", "enter")
        assert answers == [], "the action is still to be chosen"
        assert question.focused is question.query_one("#go", Button)
        await pilot.press("enter")
        await pilot.pause()
        assert answers == [True]
