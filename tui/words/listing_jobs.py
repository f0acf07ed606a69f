"""Jobs of the Listing Manager in words: how far they are, what was left out, what an action does."""

from collections.abc import Sequence
from typing import Final

from core.models.job import JobState
from core.models.listing_state import Action
from core.services.listing_running import Running
from core.text import clean_line
from core.wording import count_of
from tui.words.progress import bar, speed

DONE_TO: Final = {
    Action.DELETE: (
        "Delete",
        "They go from TikTok, and their mappings go too: no stock is sent and orders count as non-Avasam.",
    ),
    Action.DEACTIVATE: (
        "Deactivate",
        "Buyers no longer see them. They stay linked; Activate brings them back after a review.",
    ),
}
"""Action -> the verb, and what it means."""
_VERBS: Final = {
    Action.PUBLISH: "List",
    Action.UPDATE: "Update",
    Action.DELETE: "Delete",
    Action.DEACTIVATE: "Deactivate",
    Action.ACTIVATE: "Activate",
}
_BAR: Final = 20
_NAMED: Final = 3


def running_line(jobs: Sequence[Running]) -> str:
    """The first job with its bar, and how many come after it; empty without a job."""
    if not jobs:
        return ""
    first, *rest = jobs
    verb = _VERBS[first.action]
    parts = [f"{verb} {first.done:,} of {first.total:,} {bar(first.done, first.total, _BAR)}"]
    if first.job.state is JobState.QUEUED:
        parts.append("waits for the worker")
    elif first.a_second is not None:
        parts.append(speed(first.a_second, first.total - first.done))
    parts += [f"{len(rest):,} more waiting"] if rest else []
    return " · ".join((*parts, "x shows its rows"))


def skipped_words(action: Action, skipped: int, left: int) -> str:
    """Rows that an action is not for."""
    them = "it" if skipped == 1 else "them"
    if action is Action.PUBLISH:
        why = f"already linked: List skips {them}, u sends changes"
    else:
        why = f"not on the shop: l lists {them}"
    goes_on = count_of(left, "goes on", "go on")
    return f"{skipped:,} {why}. {f'{goes_on}.' if left else 'Nothing is left to do.'}"


def left_out_words(left_out: Sequence[tuple[str, str]]) -> str:
    """Rows that were not asked for."""
    told = "; ".join(f"{clean_line(sku, 40)}: {why}" for sku, why in left_out[:_NAMED])
    more = len(left_out) - _NAMED
    return f"{told}; and {more:,} more" if more > 0 else told
