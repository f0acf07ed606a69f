"""Commands of what opens from the Listing Manager: the check, a job, problems, one row, pricing rules."""

from typing import Final

from tui.keys import Command
from tui.keys.table import MOVING

_OF_TABLES_ALONE: Final = {"table.sort", "table.columns"}
DIALOG_LIST: Final = tuple(command for command in MOVING if command.id not in _OF_TABLES_ALONE)
"""How a list inside a dialog is moved through; it keeps its order and its columns."""

PREFLIGHT: Final = (
    Command("check.fine", "f", "Only the fine", "Go on with the rows that nothing is wrong with", "fine"),
    Command("check.every", "a", "All", "Go on with all rows; the wrong ones fail with their reason", "every"),
    Command("check.pictures", "p", "With pictures", "Look again, and fetch and measure pictures", "pictures"),
    Command("check.show", "n", "Show", "Show problems, what is skipped, what is fine, or all", "narrow"),
    Command("check.stop", "x", "Stop", "Look at no more rows", "stop"),
    Command("check.copy", "y", "Copy", "Copy every line", "copy", show=False),
    Command("check.write", "w", "To a file", "Write every line to a file", "write", show=False),
    Command("check.cancel", "escape,q", "Cancel", "Leave; nothing is sent", "dismiss(None)"),
)

PROGRESS: Final = (
    Command("job.leave", "escape,q", "Leave", "Leave it to the worker and go back", "dismiss(None)"),
    Command("job.cancel", "x", "Cancel", "End after the rows that are under way; asks first", "cancel"),
    Command("job.retry", "r", "Retry", "Try again what failed or was not tried", "retry"),
    Command("job.show", "n", "Show", "Show all rows, or those that ended one way", "narrow"),
    Command("job.copy", "y", "Copy", "Copy the results", "copy"),
    Command("job.write", "w", "To a file", "Write the results to a CSV file", "write"),
)

TRIAGE: Final = (
    Command("triage.fix", "e", "Fix all", "Open what cures the cause, once for all of its rows", "fix"),
    Command("triage.retry", "r", "Retry", "Try all rows of the cause again", "retry"),
    Command("triage.reset", "z", "Reset hold", "Lift the hold of rows refused three times alike", "reset"),
    Command("triage.filter", "f", "In the grid", "Show these rows in the Listing Manager", "narrow"),
    Command("triage.other", "tab", "Other list", "Between the causes and the rows", "other", show=False),
    Command("triage.copy", "y", "Copy", "Copy the cause with its rows", "copy"),
    Command("triage.write", "w", "To a file", "Write the cause with its rows to a file", "write", show=False),
    Command("triage.back", "escape,q", "Back", "Back to the Listing Manager", "dismiss(None)"),
)

DETAIL: Final = (
    Command("listing.back", "escape,q", "Back", "Back to the list", "dismiss(None)"),
    Command("listing.copy", "y", "Copy", "Copy everything shown here", "copy"),
    Command("listing.write", "w", "To a file", "Write everything shown here to a file", "write"),
    Command("listing.bundle", "b", "Support bundle", "Copy or write what support needs, redacted", "bundle"),
    Command("listing.ask", "r", "Look again", "Ask the shop again, and look at the pictures too", "again"),
)

RULES: Final = (
    Command("rules.attach", "a", "Automate", "Automate now: let the rows follow this rule", "attach"),
    Command("rules.detach", "d", "Detach", "Let the rows follow no rule", "detach"),
    Command("rules.new", "n", "New", "Make a rule", "new"),
    Command("rules.edit", "e,enter", "Edit", "Change this rule", "edit"),
    Command("rules.pause", "space", "Pause", "Switch this rule off or on", "pause"),
    Command("rules.delete", "x", "Delete", "Take this rule away; says how many rows follow it", "delete"),
    Command("rules.back", "escape,q", "Back", "Back to the Listing Manager", "leave"),
)

RULE_FORM: Final = (
    Command("rule.save", "ctrl+s", "Save", "Show what it changes, and keep the rule", "save"),
    Command("rule.cancel", "escape", "Cancel", "Drop what was typed", "cancel"),
)

LISTING_ACTIONS: Final = {
    "Before List or Update": PREFLIGHT,
    "A job": PROGRESS,
    "Problems of listings": TRIAGE,
    "One listing": DETAIL,
    "Pricing rules": RULES,
    "A pricing rule": RULE_FORM,
}
"""Heading -> commands."""
