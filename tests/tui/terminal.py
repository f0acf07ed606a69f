"""What a test sees of a program on a terminal, and how it waits for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.widget import Widget


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the program run until something is true of it."""
    for _ in range(4000):
        with suppress(NoMatches):  # the screen is not composed yet
            if condition():
                return
        await pilot.pause(0.01)
    raise AssertionError(f"it never came true; told: {told(pilot)!r}; on the screen:\n{drawn(pilot)}")


def lines(pilot: Pilot[None]) -> list[str]:
    """What the terminal shows, line by line, each as wide as it is."""
    return [
        "".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()
    ]


def drawn(pilot: Pilot[None]) -> str:
    """The same as one text, without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in lines(pilot))


def told(pilot: Pilot[None]) -> str:
    """Everything that was notified."""
    return "\n".join(notice.message for notice in pilot.app._notifications)


@contextmanager
def refreshed() -> Iterator[list[Widget]]:
    """The widgets of which all was asked to be drawn."""
    seen: list[Widget] = []
    original = Widget.refresh

    def refresh(self: Widget, *regions: object, **flags: object) -> Widget:
        if not regions:
            seen.append(self)
        return original(self, *regions, **flags)  # type: ignore[arg-type]

    Widget.refresh = refresh  # type: ignore[method-assign, assignment]
    try:
        yield seen
    finally:
        Widget.refresh = original  # type: ignore[method-assign]
