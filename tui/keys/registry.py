"""All commands of all screens, for the palette, the help and the README."""

from typing import Final

from tui.keys.everywhere import EVERYWHERE, SCREENS
from tui.keys.integrations import AUTHORISE, INTEGRATION, INTEGRATIONS

BY_SCREEN: Final = {
    "Everywhere": (*SCREENS, *EVERYWHERE),
    "Integrations": INTEGRATIONS,
    "An integration": INTEGRATION,
    "Authorise": AUTHORISE,
}
"""Heading -> commands, in the order in which the README lists them."""
