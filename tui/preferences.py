"""What the person chose on the screens and wants to find again: theme, columns, whether the tour was seen."""

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

FILE = "preferences.json"


@dataclass(frozen=True, slots=True)
class Preferences:
    """Choices of the person at this terminal; nothing here changes what the program does to a shop."""

    theme: str | None = None
    tour_seen: bool = False
    columns: dict[str, list[str]] = field(default_factory=dict)
    """Table name -> the columns shown, in order."""


def preferences_file() -> Path:
    """Beside the settings file: in AVASAM_HOME, else in the user's config directory."""
    if home := os.environ.get("AVASAM_HOME"):
        return Path(home) / FILE
    from platformdirs import user_config_path

    return user_config_path("avasam") / FILE


def load(path: Path) -> Preferences:
    """The saved choices. A file that is missing or damaged means the defaults: it is not worth a question."""
    try:
        kept = json.loads(path.read_text("utf-8"))
        names = {one.name for one in fields(Preferences)}
        return replace(Preferences(), **{name: value for name, value in kept.items() if name in names})
    except (OSError, ValueError, AttributeError, TypeError):
        return Preferences()


def save(path: Path, preferences: Preferences) -> None:
    """Replace the file whole. A directory that may not be written costs only the memory of the choice."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_text(json.dumps(asdict(preferences), indent=1), "utf-8")
        fresh.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
