"""The generated parts of the README: `python -m tests.readme` writes them, a test compares."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic_core import PydanticUndefined

from core.settings import Settings, variable
from tui.commands import app
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


def commands() -> str:
    """Every command with what it takes and the first sentence of its help."""
    root = typer.main.get_command(app)
    rows = [f"| `avasam {words}` | {what} |" for words, what in sorted(_commands(root, ""))]
    return "\n".join(["| command | what it does |", "|---|---|", *rows])


def _commands(command: Any, words: str) -> Iterator[tuple[str, str]]:
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, f"{words} {name}".strip())
    if not hasattr(command, "commands"):
        arguments = [
            (one.metavar or one.name.upper()) for one in command.params if one.param_type_name == "argument"
        ]
        first = " ".join(str(command.help).split("\n\n", maxsplit=1)[0].split())
        yield " ".join([words, *arguments]).replace("|", "\\|"), first.replace("|", "\\|")


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
    for name, part in (("keys", keys()), ("commands", commands()), ("settings", settings())):
        pattern = re.compile(f"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
        if len(pattern.findall(text)) != 1:
            raise ValueError(f"README.md has no place for {name}")
        text = pattern.sub(f"{part}\n".replace("\\", r"\\"), text)
    return text


if __name__ == "__main__":
    README.write_text(rendered(README.read_text("utf-8")), "utf-8")
