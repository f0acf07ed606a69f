"""Screens that show one shop at a time and hold edits until Save: SKU Mapping and Shipping Mapping."""

from typing import Final

from textual import work
from textual.widgets import Static

from core.models.integration import Integration
from core.wording import count_of
from tui.screens.base import MainScreen
from tui.screens.choose import Choose
from tui.screens.confirm import Confirm
from tui.session import Pulse, Session
from tui.widgets.say import say

_NO_SHOP: Final = "No shop is connected yet. Connect one: 1, then a."


class ShopScreen(MainScreen):
    """The first shop, until another is chosen; its heading is `#mapping-head`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.shop: Integration | None = None
        self._shops: dict[str, Integration] = {}

    def open_shop(self, integration: Integration) -> None:
        """Work on this shop; whatever was pending for another is gone."""
        raise NotImplementedError

    def follow(self, integration: Integration) -> None:
        """Take in what was committed since; `integration` is the shop as it is now."""
        raise NotImplementedError

    def pending(self) -> int:
        """How many pairs wait for Save."""
        raise NotImplementedError

    @property
    def unsaved(self) -> str:
        """Pending pairs."""
        count = self.pending()
        return count_of(count, "pending pair") if count else ""

    def show(self, pulse: Pulse) -> None:
        """The shop of before stays, as long as it is there."""
        self._shops = {row.integration.id: row.integration for row in pulse.integrations}
        if self.shop is not None and self.shop.id in self._shops:
            self.shop = self._shops[self.shop.id]
            self.follow(self.shop)
        elif self._shops:
            self.go_to_shop(next(iter(self._shops)))
        else:
            say(self.query_one("#mapping-head", Static), _NO_SHOP)

    def go_to_shop(self, integration_id: str) -> None:
        """Another shop."""
        self.shop = self._shops[integration_id]
        self.open_shop(self.shop)

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_shop(self) -> None:
        """Choose another shop; pending pairs of this one are asked about."""
        menu = [(one.id, one.name) for one in self._shops.values()]
        chosen = await self.app.push_screen_wait(Choose("Shop", menu)) if menu else None
        if chosen is None or (self.shop is not None and chosen == self.shop.id):
            return
        if not self.unsaved or await self.wants_to_discard():
            self.go_to_shop(chosen)

    @work(group="menu", exclusive=True, exit_on_error=False)
    async def action_discard(self) -> None:
        """Forget all pending edits, after a question."""
        if self.unsaved and await self.wants_to_discard():
            self.discard()

    async def wants_to_discard(self) -> bool:
        """Ask."""
        return await self.app.push_screen_wait(
            Confirm(f"Discard {self.unsaved}?", "Nothing of it is saved yet: ctrl+s saves.", "Discard")
        )

    def refused(self) -> bool:
        """Whether this session may change nothing; then it says so."""
        if self.session.read_only:
            self.notify("This is a read-only session: nothing is changed from here.", severity="warning")
        return self.session.read_only
