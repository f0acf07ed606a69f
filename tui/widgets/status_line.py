"""The one line at the bottom that tells whether the program is alive and well."""

from rich.text import Text
from textual.widgets import Static

from core.models.integration import SyncKind
from tui.session import Pulse
from tui.widgets.say import say
from tui.words.states import ago, is_on

_SHOWN = (SyncKind.ORDERS, SyncKind.STOCK, SyncKind.PRICE)


class StatusLine(Static):
    """Worker, last syncs, queue and problems; what does not fit is cut from the right, least urgent last."""

    def __init__(self, *, read_only: bool) -> None:
        super().__init__("", id="status-line", markup=False)
        self._read_only = read_only

    def show(self, pulse: Pulse) -> None:
        """Bring the line up to date."""
        parts = [_worker(pulse)]
        if self._read_only:
            parts.append(Text("read-only", style="bold"))
        if pulse.problems:
            count = len(pulse.problems)
            parts.append(Text(f"✖ {count} problem{'s' if count > 1 else ''}", style="bold red"))
        if pulse.queued:
            parts.append(Text(f"queue {pulse.queued}"))
        if pulse.others:
            names = ", ".join(sorted({here.user for here in pulse.others}))
            parts.append(Text(f"also here: {names}"))
        parts.extend(_syncs(pulse))
        line = Text(" · ").join(parts)
        line.no_wrap, line.overflow = True, "ellipsis"
        say(self, line)


def _worker(pulse: Pulse) -> Text:
    if pulse.worker is None:
        return Text("worker ○ none", style="bold red")
    where = "here" if pulse.worker_is_ours else pulse.worker.owner
    return Text(f"worker ● {where}", style="green")


def _syncs(pulse: Pulse) -> list[Text]:
    shown: list[Text] = []
    for row in pulse.integrations:
        if not row.integration.enabled or row.integration.needs_reauthorisation is not None:
            continue
        ages = [
            f"{kind} {ago(state.last_finished_at, pulse.at)}"
            for kind in _SHOWN
            if (state := row.syncs.get(kind)) is not None and is_on(row.integration, kind)
        ]
        shown.append(Text(f"{row.integration.name}: {', '.join(ages) or 'not synced yet'}"))
    return shown
