"""A description's preview and what TikTok will say of it, as text for the screen (A22)."""

from rich.style import Style
from rich.text import Text

from core.rules.description_preview import Preview
from core.wording import count_of


def preview_text(preview: Preview) -> Text:
    """What buyers will see."""
    text = Text()
    for line in preview.lines:
        text.append("  " * max(0, line.depth - (1 if line.mark else 0)) + line.mark)
        for run in line.runs:
            text.append(run.text, Style(bold=run.bold, italic=run.italic, underline=run.underline))
        text.append("\n")
    if not preview.lines:
        text.append("Nothing yet: type on the left.", "dim")
    text.rstrip()
    return text


def count_words(preview: Preview) -> str:
    """How much of the room is used, as it would be sent."""
    mark = "✖ " if preview.length > preview.most else ""
    words = f"{mark}{preview.length:,} of {preview.most:,} characters as sent, tags included"
    if preview.images:
        words += f" · {preview.images} of {count_of(preview.images_most, 'image')}"
    return words


def faults_text(preview: Preview) -> Text:
    """What TikTok refuses and what is left out, each with what to do."""
    text = Text()
    for what, fix in preview.refused:
        text.append(f"✖ TikTok refuses this: {what}. {fix}\n", "bold red")
    for what in preview.changed:
        text.append(f"• {what}.\n")
    if not text:
        text.append("✔ TikTok takes it as it is.", "green")
    text.rstrip()
    return text
