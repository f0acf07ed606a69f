"""A category form's state in words: the rows, their categories of now, what is missing (A25)."""

from collections.abc import Sequence

from rich.text import Text

from core.services.category_desk import CategoryDesk
from core.services.category_fields import Field
from core.wording import count_of

_NAMED = 3


def heading(desk: CategoryDesk) -> str:
    """Which rows it is about."""
    rows = desk.rows
    if rows is None:
        return "TikTok category"
    count = len(rows.skus)
    named = ", ".join(rows.skus[:_NAMED]) + ("…" if count > _NAMED else "")
    return f"TikTok category · {count_of(count, 'row')}: {named}"


def standing(desk: CategoryDesk) -> str:
    """That the rows differ, before anything is replaced; empty when there is nothing to say."""
    rows = desk.rows
    if rows is None or all(known is None for known, _ in rows.standing):
        return ""
    if len(rows.standing) == 1:
        return f"Now: {desk.path_of(rows.standing[0][0])}"
    parts = [f"{desk.path_of(known)} ({count:,})" for known, count in rows.standing[:_NAMED]]
    more = f" and {len(rows.standing) - _NAMED} more" if len(rows.standing) > _NAMED else ""
    return f"! These rows have {len(rows.standing)} TikTok categories now: {', '.join(parts)}{more}"


def field_line(field: Field, width: int) -> Text:
    """One question with its answer; symbol and word say what is missing or wrong."""
    mark, style = ("✔", "green") if field.shown else ("·", "dim")
    if field.is_missing or field.problem:
        mark, style = "✖", "bold red"
    label = f"{field.label}{' *' if field.is_required else ''}"
    cut = label if len(label) <= width else label[: width - 1] + "…"
    shown = field.shown or ("needed: enter answers" if field.is_required else "-")
    return Text.assemble(
        (f"{mark} ", style), (f"{cut:<{width}} ", "bold" if field.is_required else ""), (shown, "")
    )


def missing_text(desk: CategoryDesk) -> Text:
    """What List would be refused for, or that nothing is missing; whom Save is for."""
    text = Text()
    missing = desk.missing()
    if missing:
        text.append(f"Missing ({len(missing)})\n", "bold red")
        for one in missing:
            text.append(f"✖ {one}\n")
        text.append("Save keeps it all the same; List asks for the rest.\n")
    else:
        text.append("✔ Nothing is missing\n", "green")
    rows = desk.rows
    if rows is not None:
        count = len(rows.skus)
        text.append(f"\nSave gives {'this row' if count == 1 else f'all {count:,} rows'} these answers. ")
        names = ", ".join(rows.avasam_categories[:_NAMED])
        more = "…" if len(rows.avasam_categories) > _NAMED else ""
        if desk.remember:
            text.append(f"The next products of Avasam's {names}{more} get them too (f4).")
        else:
            text.append(f"They are not remembered for Avasam's {names}{more} (f4).")
    return text


def hint(field: Field | None) -> str:
    """What the field under the cursor takes, or what is wrong with it."""
    if field is None:
        return ""
    if field.problem:
        return f"✖ {field.problem}. Put the file back as it was, or choose it anew."
    return f"{field.label}: {field.takes}"


def replacing(replaced: Sequence[tuple[str, int]]) -> str:
    """Which categories go."""
    return "\n".join(f"{path}: {count_of(count, 'row')}" for path, count in replaced[:6])
