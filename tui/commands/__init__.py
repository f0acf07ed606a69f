"""The command line: everything the screens can do, with --json and documented exit codes (A53)."""

import typer

from tui.commands import (
    activity,
    backup,
    categories,
    doctor,
    integration,
    integrations,
    listing_actions,
    listing_looks,
    listing_set,
    mappings,
    orders,
    products,
    rules_try,
    sandbox,
    shipping,
    store,
    sync,
    worker,
)

app = typer.Typer(
    name="avasam",
    help="Run your TikTok Shop from your Avasam inventory. Without a command, the screens start; "
    "`avasam --sandbox` starts them on a try-out shop, and `avasam --sandbox COMMAND` runs a command on it.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(integrations.app, name="integrations")
for _command in (integration.show, integration.settings, integration.remove):
    integrations.app.command(_command.__name__)(_command)
app.add_typer(products.app, name="products")
for _group in {id(one.app): one.app for one in (listing_actions, listing_set, listing_looks)}.values():
    app.add_typer(_group, name="listings")
app.add_typer(categories.app, name="categories")
app.add_typer(rules_try.app, name="rules")
app.add_typer(mappings.app, name="mappings")
app.add_typer(orders.app, name="orders")
app.add_typer(activity.app, name="activity")
app.add_typer(shipping.app, name="shipping")
app.add_typer(sync.app, name="sync")
app.add_typer(sandbox.app, name="sandbox")
app.command("worker")(worker.worker)
app.command("doctor")(doctor.doctor)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("export")(store.export)
app.command("who")(store.who)
app.add_typer(store.archive, name="archive")

__all__ = ["app"]
