"""The window for a listing's description, with what buyers will see beside it (A22)."""

import asyncio
from typing import Final

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Resize
from textual.widgets import Static, TextArea

from core.rules.description_preview import preview
from core.rules.listing_limits import limits_for
from core.services import listing_values
from core.services.listing_values import DESCRIPTION_LIMIT
from core.text import clean_line
from tui.keys import bindings
from tui.keys.listing_forms import DESCRIPTION
from tui.screens.base import NARROW
from tui.screens.confirm import Confirm
from tui.screens.modal import Modal
from tui.widgets.key_line import KeyLine
from tui.words.description import count_words, faults_text, preview_text

_PAUSE_SECONDS: Final = 0.05
"""How long typing has to rest before the preview is drawn anew."""


class DescriptionEditor(Modal[str | None]):
    """The new text, cleaned, or None when it was cancelled. Plain text becomes paragraphs when it is sent."""

    BINDINGS = bindings(DESCRIPTION)
    DEFAULT_CSS = """
    DescriptionEditor { align: center middle; }
    #description-box { width: 96%; height: 96%; background: $surface; border: round $primary; padding: 0 1; }
    #description-title { height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    #description-tabs { height: 1; color: $text-muted; display: none; }
    #description-panes { height: 1fr; }
    #description-text { width: 1fr; height: 1fr; border: none; padding: 0 1 0 0; }
    #description-preview { width: 1fr; height: 1fr; border-left: solid $primary; padding: 0 1; }
    #description-preview Static { height: auto; }
    #description-count { height: 1; }
    #description-faults { height: auto; max-height: 4; }
    DescriptionEditor.narrow {
        #description-box { width: 100%; height: 100%; border: none; }
        #description-tabs { display: block; }
        #description-preview { display: none; border-left: none; }
        &.preview #description-preview { display: block; }
        &.preview #description-text { display: none; }
    }
    """

    def __init__(self, title: str, text: str, region: str) -> None:
        super().__init__()
        self._title = clean_line(title)
        self._before = text
        self._limits = limits_for(region)
        self._region = region

    def compose(self) -> ComposeResult:
        """Text and preview, the count, what is wrong."""
        with Vertical(id="description-box"):
            yield Static(f"Description · {self._title}", id="description-title", markup=False)
            yield Static("", id="description-tabs", markup=False)
            with Horizontal(id="description-panes"):
                yield TextArea(self._before, id="description-text", tab_behavior="focus", soft_wrap=True)
                with VerticalScroll(id="description-preview"):
                    yield Static("", id="description-seen", markup=False)
            yield Static("", id="description-count", markup=False)
            yield Static("", id="description-faults", markup=False)
            yield KeyLine()

    def on_mount(self) -> None:
        """The text has the focus, its cursor at the end, and does not blink over SSH (ux.md, Manners)."""
        area = self.query_one(TextArea)
        area.cursor_blink = False
        area.move_cursor(area.document.end)
        area.focus()
        self._name_tabs()
        self._judge()

    @property
    def is_dirty(self) -> bool:
        """Whether anything was typed."""
        return self.query_one(TextArea).text != self._before

    @on(Resize)
    def _fold(self, event: Resize) -> None:
        self.set_class(event.size.width < NARROW, "narrow")
        if not self.has_class("narrow"):
            self.remove_class("preview")

    @on(TextArea.Changed)
    @work(group="preview", exclusive=True, exit_on_error=False)
    async def _changed(self) -> None:
        await asyncio.sleep(_PAUSE_SECONDS)
        self._judge()

    def _judge(self) -> None:
        found = preview(self.query_one(TextArea).text, self._limits, longest=DESCRIPTION_LIMIT)
        self.query_one("#description-seen", Static).update(preview_text(found))
        self.query_one("#description-count", Static).update(f"{count_words(found)} · market {self._region}")
        self.query_one("#description-faults", Static).update(faults_text(found))

    def action_preview(self) -> None:
        """On a narrow terminal one of the two is on show; elsewhere the focus goes to the other."""
        if self.has_class("narrow"):
            self.toggle_class("preview")
            self._name_tabs()
        shows = self.has_class("preview") or self.focused is self.query_one(TextArea)
        wide = not self.has_class("narrow")
        target = "#description-preview" if (shows if wide else self.has_class("preview")) else TextArea
        self.call_after_refresh(self.query_one(target).focus)

    def _name_tabs(self) -> None:
        seen = self.has_class("preview")
        words = "  Text   [Preview]" if seen else " [Text]   Preview "
        self.query_one("#description-tabs", Static).update(f"{words}   f2 changes")

    def action_undo(self) -> None:
        """The text's own undo, wherever the focus is."""
        self.query_one(TextArea).undo()

    def action_save(self) -> None:
        """Keep it, whatever TikTok will say: a draft may be unfinished."""
        self.dismiss(listing_values.description(self.query_one(TextArea).text))

    @work(group="leave", exclusive=True, exit_on_error=False)
    async def action_cancel(self) -> None:
        """Drop it; what was typed is asked about."""
        question = Confirm(
            "Drop what you typed?", "The description stays as it was; ctrl+s keeps it.", "Drop it"
        )
        if not self.is_dirty or await self.app.push_screen_wait(question):
            self.dismiss(None)
