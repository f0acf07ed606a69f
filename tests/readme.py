"""The generated parts of the README: `python -m tests.readme` writes them, a test compares."""

import re
from pathlib import Path

from pydantic_core import PydanticUndefined

from core.settings import Settings, variable
from tui.keys.registry import BY_SCREEN

README = Path(__file__).parent.parent / "README.md"


def keys() -> str:
    """Every command of every screen with its keys."""
    rows = [
        f"| {screen} | `{command.keys}` | {command.label} | `{command.id}` | {command.help} |"
        for screen, commands in BY_SCREEN.items()
        for command in commands
    ]
    return "\n".join(["| where | key | command | id | what it does |", "|---|---|---|---|---|", *rows])


def settings() -> str:
    """Every setting with its default."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = field.default
        shown = (
            "" if default in (None, "", PydanticUndefined) or "SecretStr" in repr(default) else f"`{default}`"
        )
        rows.append(f"| `{variable(name)}` | {shown} | {field.description} |")
    return "\n".join(["| variable | default | what it is |", "|---|---|---|", *rows])


def rendered(text: str) -> str:
    """The README with its generated parts brought up to date."""
    for name, part in (("keys", keys()), ("settings", settings())):
        pattern = re.compile(f"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"README.md has no place for {name}")
        text = pattern.sub(f"{part}\n".replace("\\", r"\\"), text)
    return text


if __name__ == "__main__":
    README.write_text(rendered(README.read_text("utf-8")), "utf-8")
