"""What to sync now: the menu behind `r`."""

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from core.models.job import JobKind
from tui.screens.modal import Modal
from tui.widgets.options import Options

CHOICES: Final = (
    (JobKind.SYNC_ALL, "a", "Everything: orders, then stock and price"),
    (JobKind.SYNC_ORDERS, "o", "Orders"),
    (JobKind.SYNC_STOCK, "s", "Stock"),
    (JobKind.SYNC_PRICE, "p", "Price"),
    (JobKind.VERIFY, "v", "Verify: read live quantities back"),
    (JobKind.DOWNLOAD_CATALOGUE, "d", "Download the shop's listings"),
)


class ChooseSync(Modal[JobKind | None]):
    """A kind of sync for the named integrations, or None."""

    BINDINGS = [
        ("escape", "dismiss(None)", "Cancel"),
        *((key, f"choose('{kind.value}')", words) for kind, key, words in CHOICES),
    ]

    def __init__(self, targets: str) -> None:
        super().__init__()
        self._targets = targets

    def compose(self) -> ComposeResult:
        """One line a kind."""
        with Vertical(classes="dialog"):
            yield Label(f"Sync now · {self._targets}", classes="dialog-title", markup=False)
            yield Options(
                *(Option(f"{key}  {words}", id=kind.value) for kind, key, words in CHOICES), markup=False
            )

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        self.action_choose(str(event.option_id))

    def action_choose(self, kind: str) -> None:
        """Answer with this kind."""
        self.dismiss(JobKind(kind))
