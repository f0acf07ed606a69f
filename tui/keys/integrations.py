"""Commands of the Integrations screen and of what opens from it."""

from typing import Final

from tui.keys import Command

OPEN: Final = Command(
    "integrations.open",
    "enter",
    "Open",
    "Open the integration under the cursor: mappings, settings, reauthorise, remove",
    "select_cursor",
)

INTEGRATIONS: Final = (
    Command(
        "integrations.add",
        "a",
        "Add",
        "Add a sales channel: choose it, name it, authorise it",
        "add",
    ),
    OPEN,
    Command(
        "integrations.switch",
        "space",
        "On/off",
        "Enable or disable the integration under the cursor",
        "switch",
    ),
)

INTEGRATION: Final = (
    Command("integration.save", "ctrl+s", "Save", "Show what the changes do, and put them in force", "save"),
    Command(
        "integration.reauthorise",
        "ctrl+r",
        "Reauthorize",
        "Ask the shop's owner for consent again; it takes effect on Save",
        "reauthorise",
    ),
    Command("integration.remove", "f8", "Remove", "Remove account: counts what goes, and asks", "remove"),
    Command(
        "integration.back", "escape", "Back", "Back to the list; unsaved changes are asked about", "back"
    ),
    Command(
        "integration.quit",
        "ctrl+q",
        "Quit",
        "Leave the program; unsaved changes are asked about",
        "quit",
        show=False,
    ),
)

AUTHORISE: Final = (
    Command("authorise.copy", "y", "Copy", "Copy the address, as far as the terminal lets us", "copy"),
    Command("authorise.file", "w", "File", "Write the address to a file", "write"),
    Command("authorise.browser", "o", "Browser", "Open the address in a browser on this machine", "browse"),
    Command("authorise.qr", "c", "QR code", "Show the address as a QR code on the whole screen", "qr"),
    Command("authorise.paste", "p", "Paste box", "Go to the box for what the browser ended on", "paste_box"),
    Command("authorise.again", "n", "Start again", "Ask TikTok for a new address", "again"),
    Command("authorise.help", "f1", "Help", "What this asks for, and its keys", "app.help_screen"),
    Command("authorise.cancel", "escape", "Cancel", "Leave; nothing is kept", "cancel"),
)
