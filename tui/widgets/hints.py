"""The keys that work everywhere, at the end of the title line: a full footer never cuts them off."""

from typing import Final

from textual.widgets import Static

_SHOWN: Final = ("palette", "help")


class Hints(Static):
    """`^p Commands  f1 Help`, with the keys as they are remapped."""

    DEFAULT_CSS = """
    Hints { width: auto; padding: 0 1; color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__("", id="hints", markup=False)

    def on_mount(self) -> None:
        """Once the keys of the settings file are known."""
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        found = {active.binding.id: active.binding for active in self.screen.active_bindings.values()}
        shown = (found[name] for name in _SHOWN if name in found)
        self.update("  ".join(f"{self.app.get_key_display(one)} {one.description}" for one in shown))
