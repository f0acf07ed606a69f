"""Commands of the Integrations screen."""

from typing import Final

from tui.keys import Command

INTEGRATIONS: Final = (
    Command(
        "integrations.switch",
        "space",
        "On/off",
        "Enable or disable the integration under the cursor",
        "switch",
    ),
)
