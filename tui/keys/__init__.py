"""Every command that a key can give, once: footer, palette, help and README are made from here."""

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `id` is what a settings file remaps; `action` is Textual's action string."""

    id: str
    keys: str
    label: str
    help: str
    action: str
    show: bool = True
    """Whether the footer shows it."""

    def binding(self) -> Binding:
        """The command as a Textual binding."""
        return Binding(self.keys, self.action, self.label, show=self.show, tooltip=self.help, id=self.id)


def bindings(commands: Iterable[Command]) -> list[Binding | tuple[str, str] | tuple[str, str, str]]:
    """The bindings of some commands."""
    return [command.binding() for command in commands]
