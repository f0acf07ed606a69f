"""Commands of the Activity screen."""

from typing import Final

from tui.keys import Command
from tui.keys.lists import list_commands

ACTIVITY: Final = (
    Command("activity.problems", "p", "Problems", "Go to the open problems", "problems"),
    *list_commands("activity", "entries"),
)
