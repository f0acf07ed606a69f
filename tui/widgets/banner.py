"""The line under the title that nobody should miss: a shop that must be authorised again (domain.md A16)."""

from rich.text import Text
from textual.widgets import Static

from core.services.integrations import Overview
from tui.session import Pulse
from tui.widgets.say import retell
from tui.words.states import SOON, ends


class Banner(Static):
    """Hidden while every authorisation is good for a month."""

    DEFAULT_CSS = """
    Banner {
        height: auto; max-height: 4; padding: 0 1; display: none;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", id="banner", markup=False)

    def show(self, pulse: Pulse) -> None:
        """Bring it up to date."""
        lines = [line for row in pulse.integrations if (line := _line(row, pulse)) is not None]
        self.display = bool(lines)
        retell(self, Text("\n").join(lines))


def _line(row: Overview, pulse: Pulse) -> Text | None:
    one, last = row.integration, row.authorised_until
    if one.needs_reauthorisation is not None:
        return Text(
            f"! {one.name} needs reauthorisation: open it (1) and press ctrl+r. "
            f"Its syncs wait. {one.needs_reauthorisation}.",
            style="bold red",
        )
    if last is not None and last - pulse.at < SOON:
        return Text(
            f"! {one.name}: the authorisation {ends(last, pulse.at)}. Open it (1) and press ctrl+r in time.",
            style="bold yellow",
        )
    return None
