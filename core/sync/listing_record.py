"""Writes down what became of a listing: its state, its history, the row of the job, the held action."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from core import tables
from core.channel.errors import (
    ChannelError,
    DataRefused,
    LostReply,
    PermissionNeeded,
    Refused,
    ServerFault,
    StaleState,
    UnreadableReply,
)
from core.models.listing_state import (
    Action,
    Deed,
    Event,
    JobRow,
    ListingProblem,
    ListingState,
    RowResult,
    Strikes,
)
from core.rules.off_sale import FORBIDS, meaning, named_in
from core.rules.refusals import OF_A_PRODUCT, field_of, fix_of
from core.store import Reader, Transaction
from core.sync.listing_context import ListingContext

HOLD_AFTER: Final = 3
_EVENTS: Final = 40
"""How much of a listing's history is kept."""
_UNCLEAR: Final = (LostReply, UnreadableReply, ServerFault)
"""Nobody knows whether it happened."""

Change = Callable[[ListingState], ListingState]


async def load(store: Reader, integration_id: str, sku: str) -> ListingState:
    """The state of one listing; one that nothing was ever done with is a draft."""
    document = await store.get(tables.LISTING_STATES, tables.key(integration_id, sku))
    if document is None:
        return ListingState(integration_id=integration_id, avasam_sku=sku)
    return ListingState.from_document(document)


async def change(tx: Transaction, integration_id: str, sku: str, step: Change) -> ListingState:
    """Bring a listing's state one step on, inside somebody's commit."""
    after = step(await load(tx, integration_id, sku))
    await tx.put(tables.LISTING_STATES, tables.key(integration_id, sku), after.to_document())
    return after


async def end_row(
    ctx: ListingContext, tx: Transaction, sku: str, result: RowResult, text: str, step: Change | None = None
) -> None:
    """The row of the job is over, in the same commit as the state that it left."""
    if step is not None:
        await change(tx, ctx.integration.id, sku, step)
    if ctx.job_id:
        row = JobRow(
            integration_id=ctx.integration.id, job_id=ctx.job_id, avasam_sku=sku, result=result, text=text
        )
        await tx.put(tables.JOB_ROWS, row_key(ctx.integration.id, ctx.job_id, sku), row.to_document())


async def end_alone(
    ctx: ListingContext, sku: str, result: RowResult, text: str, step: Change | None = None
) -> tuple[RowResult, str]:
    """The same in a commit of its own; what it was."""
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        await end_row(ctx, tx, sku, result, text, step)
    return result, text


def row_key(integration_id: str, job_id: str, sku: str) -> str:
    """The key of a job's row."""
    return tables.key(integration_id, job_id, sku)


def sending(action: Action) -> Change:
    """We are about to call."""
    return lambda state: state.model_copy(update={"deed": Deed.SENDING, "action": action})


def went_well(
    ctx: ListingContext, action: Action, text: str, notes: Sequence[ListingProblem] = (), **fields: object
) -> Change:
    """It was done; the refusals counted until now are forgotten."""
    now = ctx.clock.now()

    def step(state: ListingState) -> ListingState:
        strikes = {name: one for name, one in state.strikes.items() if name != action.value}
        base = {"deed": Deed.SENT, "action": action, "problems": tuple(notes), "failed_at": None}
        update = {**base, "strikes": strikes, "queued_until": None, **fields}
        return noted(state.model_copy(update=update), now, action.value, text)

    return step


def went_wrong(
    ctx: ListingContext,
    action: Action,
    problems: Sequence[ListingProblem],
    *,
    error: ChannelError | None = None,
    inputs: dict[str, str] | None = None,
) -> Change:
    """It failed. `error` is TikTok's; with the fingerprints of all inputs it counts towards the hold."""
    now = ctx.clock.now()
    first = next((one for one in problems if one.blocking), problems[0])

    def step(state: ListingState) -> ListingState:
        failed = state.model_copy(
            update={
                "deed": Deed.FAILED,
                "action": action,
                "problems": tuple(problems),
                "failed_at": now,
                "queued_until": None,
                "strikes": _struck(state, action, first, error, inputs),
            }
        )
        return noted(failed, now, action.value, first.what, first.code, first.request_id)

    return step


def _struck(
    state: ListingState,
    action: Action,
    first: ListingProblem,
    error: ChannelError | None,
    inputs: dict[str, str] | None,
) -> dict[str, Strikes]:
    if error is None or inputs is None or isinstance(error, _UNCLEAR):
        return state.strikes
    named = {first.field: inputs[first.field]} if first.field in inputs else inputs
    before = state.strikes.get(action.value)
    again = before is not None and before.code == first.code and before.inputs == named
    count = before.count + 1 if again and before is not None else 1
    return {**state.strikes, action.value: Strikes(code=first.code, count=count, inputs=named)}


def held(state: ListingState, action: Action, inputs: dict[str, str]) -> ListingProblem | None:
    """Why an action waits: refused three times alike, and the input it named is still the same."""
    strikes = state.strikes.get(action.value)
    if strikes is None or strikes.count < HOLD_AFTER:
        return None
    if any(inputs.get(name) != value for name, value in strikes.inputs.items()):
        return None
    field = next(iter(strikes.inputs)) if len(strikes.inputs) == 1 else "any"
    return ListingProblem(
        code="held",
        field=field,
        what=_held_words(strikes),
        fix=f"Change {'something' if field == 'any' else f'the {field}'}, or reset it: retry --reset",
    )


def _held_words(strikes: Strikes) -> str:
    return f"Held after {strikes.count} identical refusals ({strikes.code})"


def with_holds(state: ListingState, holds: Sequence[ListingProblem]) -> tuple[ListingProblem, ...]:
    """Every problem once: a hold is part of the refusal that it came of, where that is still there."""
    words = {one.code: _held_words(one) for one in state.strikes.values()}
    known = {one.what: one for one in holds}
    found: list[ListingProblem] = []
    for one in state.every_problem():
        hold = known.pop(words.get(one.code, ""), None)
        found.append(one if hold is None else _with_hold(one, hold))
    return (*found, *known.values())


def _with_hold(one: ListingProblem, hold: ListingProblem) -> ListingProblem:
    since = hold.what.removesuffix(f" ({one.code})")
    what, fix = one.what.rstrip("."), one.fix.rstrip(".")
    return one.model_copy(
        update={"what": f"{what}. {since}: it is not tried again as it is", "fix": f"{fix}. {hold.fix}"}
    )


def noted(
    state: ListingState,
    at: datetime,
    action: str,
    text: str,
    code: str = "",
    request_id: str | None = None,
) -> ListingState:
    """One more line of history; the oldest go."""
    event = Event(at=at, action=action, text=text, code=code, request_id=request_id)
    return state.model_copy(update={"events": (*state.events, event)[-_EVENTS:]})


def problem_of(error: ChannelError, sku: str = "") -> ListingProblem:
    """TikTok's refusal as a problem with a field and a fix."""
    area = error.area if isinstance(error, DataRefused) else ""
    field = field_of(error.code, area)
    stopped = meaning(named_in(error.what)) if str(error.code) == FORBIDS else None
    what, fix = stopped or (error.what, fix_of(error.code, field) or error.cure)
    return ListingProblem(
        code=f"tiktok-{error.code}" if error.code else type(error).__name__,
        field=field if stopped is None else "listing",
        sku=sku,
        what=what,
        fix=fix,
        request_id=error.request_id,
    )


def is_of_one_row(error: ChannelError) -> bool:
    """Whether it says nothing about other rows."""
    if isinstance(error, PermissionNeeded):
        return error.code in OF_A_PRODUCT
    return isinstance(error, (DataRefused, StaleState, Refused, *_UNCLEAR))


def is_unclear(error: ChannelError) -> bool:
    """Whether the call may have had its effect all the same."""
    return isinstance(error, _UNCLEAR)
