"""Open problems, on top of Activity until they are solved (ux.md, Manners)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from core.models.job import Problem
from core.text import clean_line
from tui.widgets.options import Options
from tui.words.activity import problem_line, shop_name


class Problems(Vertical):
    """One line a problem; below them why the one under the cursor happened and what to do now."""

    DEFAULT_CSS = """
    Problems {
        height: auto; max-height: 50%;
        OptionList {
            height: auto; max-height: 5; border: none; padding: 0; background: $background;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        #problem-words { height: auto; max-height: 4; padding: 0 2; color: $text-muted; }
        #problem-none { height: 1; color: $text-success; }
    }
    """

    class Opened(Message):
        """Somebody wants to see this problem in full."""

        def __init__(self, problem: Problem) -> None:
            super().__init__()
            self.problem = problem

    def __init__(self) -> None:
        super().__init__(id="problems")
        self._problems: Sequence[Problem] = ()

    def compose(self) -> ComposeResult:
        """The list, the words, and what is said when there is none."""
        yield Static("✔ No open problem", id="problem-none", markup=False)
        yield Options(id="problem-list", markup=False)
        yield Static("", id="problem-words", markup=False)

    def show(self, problems: Sequence[Problem], shops: Mapping[str, str], now: datetime) -> None:
        """The problems that are open now; the cursor stays on its own."""
        options = self.query_one(OptionList)
        under = self.under_cursor
        if [one.id for one in problems] == [one.id for one in self._problems]:
            for one in problems:
                line = problem_line(one, shop_name(one.integration_id, shops), now)
                if options.get_option(one.id).prompt != line:
                    options.replace_option_prompt(one.id, line)
        else:
            options.clear_options()
            options.add_options(
                Option(problem_line(one, shop_name(one.integration_id, shops), now), id=one.id)
                for one in problems
            )
            ids = [one.id for one in problems]
            if problems:
                options.highlighted = ids.index(under.id) if under is not None and under.id in ids else 0
        self._problems = problems
        self.query_one("#problem-none").display = not problems
        options.display = bool(problems)
        self._explain()

    @property
    def under_cursor(self) -> Problem | None:
        """The problem under the cursor."""
        index = self.query_one(OptionList).highlighted
        return None if index is None or index >= len(self._problems) else self._problems[index]

    def take_focus(self) -> bool:
        """Put the focus on the list; False when there is nothing in it."""
        if self._problems:
            self.query_one(OptionList).focus()
        return bool(self._problems)

    @on(OptionList.OptionHighlighted)
    def _explain(self) -> None:
        problem = self.under_cursor
        words = self.query_one("#problem-words", Static)
        words.display = problem is not None
        if problem is not None:
            why = f"{problem.why} " if problem.why else ""
            words.update(clean_line(f"{why}What to do now: {problem.cure}"))

    @on(OptionList.OptionSelected)
    def _opened(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        if self.under_cursor is not None:
            self.post_message(self.Opened(self.under_cursor))
