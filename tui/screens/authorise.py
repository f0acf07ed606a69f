"""A merchant's consent without a browser on this machine: address, QR code, paste box, listener (A7, A8)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.events import Paste, Resize
from textual.message import Message
from textual.widgets import Button, Input, Label, Static

from core.services.authorisation import AuthorisationService, Begun, Granted
from core.services.errors import ServiceError
from core.services.loopback import Loopback
from tui import browser, clipboard
from tui.keys import bindings
from tui.keys.integrations import AUTHORISE
from tui.screens.modal import Modal
from tui.screens.qr import QrScreen
from tui.session import Session
from tui.widgets.key_line import KeyLine
from tui.widgets.paste_box import PasteBox
from tui.widgets.qr import QrCode, qr_size, qr_text

Result = TypeVar("Result")

_INTRO = """\
TikTok asks the shop's owner for consent, in a browser on any machine: this one, your own, or a phone.
Nothing is kept here before the consent has come back."""
_BESIDE_QR = 60
"""Columns that the address and the paste box want beside a QR code."""
_ABOVE_QR = 4


@dataclass(frozen=True)
class Purpose(Generic[Result]):
    """What a consent is asked for: how it begins, and what is made of it.

    `finish` returns the screen's result, or None when somebody left a question of its own; it raises
    ServiceError to refuse.
    """

    title: str
    begin: Callable[[], Awaitable[Begun]]
    finish: Callable[[Granted], Awaitable[Result | None]]


class AuthoriseScreen(Modal[Result | None]):
    """Ends with what `finish` made of the consent, or with None and nothing kept."""

    BINDINGS = bindings(AUTHORISE)
    HEADING = "Authorise"
    HELP_TEXT = (
        "TikTok asks the shop's owner for consent on a page of its own, which any browser may show: copy "
        "the address, write it to a file, or photograph the QR code. After the consent the browser ends on "
        "an address that holds a code: paste all of it, or the code alone, into the box. The page it ends "
        "on need not exist. A code works once and for half an hour. esc leaves, and nothing is kept."
    )

    class Received(Message):
        """A redirect address arrived at the listener."""

        def __init__(self, address: str) -> None:
            super().__init__()
            self.address = address

    def __init__(self, session: Session, purpose: Purpose[Result]) -> None:
        super().__init__()
        self._service = AuthorisationService(session.backend)
        self._session = session
        self._purpose = purpose
        self._begun: Begun | None = None
        self._loopback: Loopback | None = None

    def compose(self) -> ComposeResult:
        """First the Authkey button alone; once pressed, the ways to the consent and back."""
        yield Label(f" {self._purpose.title}", id="authorise-title", markup=False)
        with Horizontal(id="authorise"):
            with VerticalScroll(id="authorise-steps", can_focus=False):
                yield Static(_INTRO, id="intro", markup=False)
                yield Button("Authkey", id="authkey", variant="primary", compact=True)
                with Vertical(id="begun"):
                    yield Label("1. Open this address in a browser, on any machine:", markup=False)
                    yield Static("", id="address", markup=False)
                    with Horizontal(classes="row"):
                        yield Button("Copy (y)", id="copy", compact=True)
                        yield Button("File (w)", id="write", compact=True)
                        yield Button("Browser (o)", id="browse", compact=True)
                        yield Button("QR code (c)", id="qr", compact=True)
                    yield Static("", id="said", markup=False)
                    yield Label(
                        "2. Paste the address that the browser ended on, or the code in it:", markup=False
                    )
                    yield PasteBox(id="reply", placeholder="paste here, then enter", compact=True)
                    yield Static("", id="listening", markup=False)
                yield Static("", id="outcome", markup=False)
            yield QrCode("", id="qr-code")
        yield KeyLine()

    def on_mount(self) -> None:
        """Nothing has begun."""
        self.query_one("#begun").display = False
        self.query_one("#qr-code").display = False
        self.query_one("#browse").display = browser.is_there()

    async def on_unmount(self) -> None:
        """Listen no longer."""
        self._close_loopback()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Most commands want an address first."""
        if action == "browse" and not browser.is_there():
            return False
        return self._begun is not None or action not in _WANT_AN_ADDRESS

    @on(Button.Pressed)
    async def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "authkey":
            self.action_again()
        else:
            await self.run_action(str(event.button.id))

    @work(group="begin", exclusive=True, exit_on_error=False)
    async def action_again(self) -> None:
        """Begin: a new state, a new address, a listener; the state before is worth nothing any more."""
        await self._forget()
        try:
            self._begun = begun = await self._purpose.begin()
        except ServiceError as error:
            self._refuse(error)
            return
        self.query_one("#outcome", Static).update("")
        self.query_one("#reply", PasteBox).value = ""
        self.query_one("#authkey").display = self.query_one("#intro").display = False
        self.query_one("#begun").display = True
        self.query_one("#address", Static).update(Text(begun.address, overflow="fold"))
        self._fit_qr()
        await self._listen()
        self.query_one("#copy").focus()
        self.refresh_bindings()
        if browser.is_there():
            self.action_browse()

    async def _listen(self) -> None:
        words = Text("Waiting, for half an hour. ")
        try:
            port = self._session.backend.settings.consent_port
            self._loopback = self._loopback or await Loopback.start(self._arrived, port=port)
        except OSError as error:
            words.append(f"No listener: {error.strerror}.")
        else:
            words.append(f"If TikTok sends the browser to {self._loopback.address}, it is taken from there")
            if browser.is_remote():
                words.append(
                    f"; on your own machine first:\n{browser.forwarding_command(self._loopback.port)}"
                )
        self.query_one("#listening", Static).update(words)

    def _arrived(self, address: str) -> None:
        self.post_message(self.Received(address))

    @on(Received)
    def _take_received(self, event: Received) -> None:
        self._accept(event.address)

    @on(Input.Submitted, "#reply")
    def _take_typed(self, event: Input.Submitted) -> None:
        self._accept(event.value)

    @on(Paste)
    def _take_paste(self, event: Paste) -> None:
        """A paste goes into the box wherever the focus is, and waits for enter there."""
        if self._begun is not None:
            box = self.query_one("#reply", PasteBox)
            self.set_focus(box)  # at once: an enter may follow right behind
            box.take(event.text)

    @work(group="accept", exclusive=True, exit_on_error=False)
    async def _accept(self, pasted: str) -> None:
        if self._begun is None:
            return
        self.query_one("#outcome", Static).update("Asking TikTok for the tokens …")
        try:
            granted = await self._service.accept(pasted, state=self._begun.state)
            result = await self._purpose.finish(granted)
        except ServiceError as error:
            self._refuse(error)
            return
        self._begun = None
        self._close_loopback()
        self.dismiss(result)

    def _refuse(self, error: ServiceError) -> None:
        words = Text.assemble((f"✖ {error.what}.", "bold red"), f"\n  {error.cure}")
        if self._begun is not None:
            words.append("\n  n  start again with a new address    esc  leave; nothing is kept")
        self.query_one("#outcome", Static).update(words)
        self.query_one("#authorise-steps").scroll_end(animate=False)

    def action_copy(self) -> None:
        """Hand the address to the terminal, and say what was done."""
        if self._begun is not None:
            self._say(clipboard.copy(self.app, self._begun.address))

    @work(group="write", exclusive=True, exit_on_error=False)
    async def action_write(self) -> None:
        """Write the address to a file of its owner's alone."""
        if self._begun is None:
            return
        try:
            path = clipboard.write_file(
                self._session.backend.settings.home, "authorise.txt", f"{self._begun.address}\n"
            )
        except OSError as error:
            self._say(f"✖ Not written: {error.strerror}.")
        else:
            self._say(f"Written to {path}")

    @work(group="browse", exclusive=True, exit_on_error=False)
    async def action_browse(self) -> None:
        """Open the address here, where somebody can see it."""
        if self._begun is not None:
            opened = await browser.show(self._begun.address)
            self._say("Asked the browser to open it." if opened else "No browser took it: use the address.")

    def action_qr(self) -> None:
        """The QR code on the whole screen."""
        if self._begun is not None:
            self.app.push_screen(QrScreen(self._begun.address))

    def action_paste_box(self) -> None:
        """Go to the paste box."""
        self.query_one("#reply").focus()

    @work(group="cancel", exclusive=True, exit_on_error=False)
    async def action_cancel(self) -> None:
        """Leave nothing behind (A6)."""
        self.workers.cancel_group(self, "accept")
        await self._forget()
        self._close_loopback()
        self.dismiss(None)

    async def _forget(self) -> None:
        if self._begun is not None:
            begun, self._begun = self._begun, None
            await self._service.forget(begun.state)

    def _close_loopback(self) -> None:
        if self._loopback is not None:
            self._loopback.close()
            self._loopback = None

    def _say(self, words: str) -> None:
        self.query_one("#said", Static).update(Text(words))

    @on(Resize)
    def _fit_qr(self) -> None:
        """The code beside the steps where both fit, else only behind its key."""
        code = self.query_one("#qr-code", QrCode)
        if self._begun is None or not code.can_be_drawn:
            code.display = False
            return
        text = qr_text(self._begun.address)
        size = qr_size(text)
        code.display = (
            self.size.width >= size.width + _BESIDE_QR and self.size.height >= size.height + _ABOVE_QR
        )
        code.show(text)


_WANT_AN_ADDRESS = frozenset({"copy", "write", "browse", "qr", "paste_box", "again"})
