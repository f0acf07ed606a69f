"""What is wrong with a stock or price sync, as lasting problems: one per cause, gone when none is left."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core import tables
from core.models.job import Severity
from core.models.listing import PushState
from core.rules.off_sale import FORBIDS, FROZEN, meaning, named_in
from core.store import Where
from core.sync.context import SyncContext
from core.sync.listing_links import called, seller_skus
from core.sync.listing_told import FROZEN_TOLD
from core.sync.plan import Aspect, Plan, Skipped
from core.sync.problems import note_problem, solve_problem
from core.wording import count_of

_SHOWN: Final = 3
"""How many SKUs a problem names."""

_WORDS: Final = {
    Skipped.UNKNOWN: (
        "{skus} mapped without a known {aspect}",
        "Unknown {aspect} is never pushed; the shop keeps showing the last value.",
        "Check these products in Avasam or in the inventory file.",
    ),
    Skipped.NO_PRODUCT: (
        "{skus} mapped to Avasam products that are not in the inventory",
        "The product was removed from the inventory or its SKU was changed.",
        "Correct the SKU mapping, or bring the product back.",
    ),
    Skipped.NOT_IN_SHOP: (
        "{skus} mapped that the shop has no more",
        "They were deleted on TikTok, or never downloaded.",
        "Download the shop's listings, then unlink what is gone.",
    ),
    Skipped.CURRENCY: (
        "{skus} priced in another currency than the shop's",
        "Amounts are never converted here.",
        "Bring these products into the inventory in the shop's currency (a file has a column for it), or "
        "switch the price update off.",
    ),
}


@dataclass(frozen=True, slots=True)
class _Refused:
    """One channel SKU with TikTok's words, and the status of its product where that was the reason."""

    sku_id: str
    error: str
    status: str
    held: bool

    @property
    def reason(self) -> str:
        """What happened, in words."""
        known = meaning(self.status)
        return self.error if known is None else known[0]

    @property
    def cure(self) -> str:
        """What to do about it now."""
        known = meaning(self.status)
        return "Correct what the reasons name; other SKUs go on meanwhile." if known is None else known[1]


_BELOW_FLOOR: Final = "below_floor"
_FLOOR_WORDS: Final = (
    "{skus} priced below the floor of their pricing rule",
    "The rule asks for more over cost than its price leaves; the price stands and goes to the shop.",
    "Raise what the rule adds, or lower its floor.",
)


async def report(ctx: SyncContext, plan: Plan) -> None:
    """Put on show what the plan skipped and what of it the shop refused; a cause without SKUs is solved."""
    refused = await _refused(ctx, plan)
    found = [(str(reason), plan.skipped.get(reason, ()), words) for reason, words in _WORDS.items()]
    if plan.aspect is Aspect.PRICE:
        found.append((_BELOW_FLOOR, plan.below_floor, _FLOOR_WORDS))
    shown = [sku_id for _, ids, _ in found for sku_id in ids[:_SHOWN]]
    names = await seller_skus(
        ctx.store, ctx.integration.id, [*shown, *(one.sku_id for one in refused[:_SHOWN])]
    )
    async with ctx.store.transaction(fence=ctx.lease) as tx:
        for reason, ids, words in found:
            code = f"{plan.aspect}-{reason}"
            if not ids:
                await solve_problem(tx, ctx.integration.id, code)
                continue
            what, why, cure = (
                text.format(skus=count_of(len(ids), "SKU"), aspect=plan.aspect) for text in words
            )
            await note_problem(
                tx,
                ctx.clock,
                ctx.integration.id,
                code,
                what=f"{what}: {', '.join(called(one, names) for one in ids[:_SHOWN])}"
                + (" …" if len(ids) > _SHOWN else ""),
                why=why,
                cure=cure,
                severity=Severity.WARNING,
            )
        await solve_problem(tx, ctx.integration.id, f"{plan.aspect}-{Skipped.HELD}")  # of older versions
        code = f"{plan.aspect}-refused"
        if not refused:
            await solve_problem(tx, ctx.integration.id, code)
            return
        reasons = [f"{called(one.sku_id, names)}: {one.reason}" for one in refused[:_SHOWN]]
        more = f"; and {len(refused) - _SHOWN} more" if len(refused) > _SHOWN else ""
        await note_problem(
            tx,
            ctx.clock,
            ctx.integration.id,
            code,
            what=f"TikTok refused the {plan.aspect} of {count_of(len(refused), 'SKU')}{_held(refused)}",
            why="; ".join(reasons) + more,
            cure=_cure(refused, plan.aspect),
        )


async def _refused(ctx: SyncContext, plan: Plan) -> list[_Refused]:
    """What this plan wanted and did not get.

    What was unlinked is no problem, and that TikTok froze a product is not told a second time.
    """
    wanted = {change.sku_id for change in plan.changes} | set(plan.skipped.get(Skipped.HELD, ()))
    failing = (Where(f"{plan.aspect}.state", "in", (PushState.FAILED.value, PushState.HELD.value)),)
    fields = ("sku_id", *(f"{plan.aspect}.{name}" for name in ("error", "error_code", "state")))
    prefix = tables.prefix(ctx.integration.id)
    found: list[_Refused] = []
    told = await ctx.store.get(tables.PROBLEMS, tables.key(ctx.integration.id, FROZEN_TOLD)) is not None
    async for chunk in ctx.store.columns(tables.LISTING_SYNCS, fields, failing, prefix=prefix):
        for key, (sku_id, error, code, state) in chunk:
            if sku_id not in wanted:
                continue
            status = ""
            if code == FORBIDS:
                shown = await ctx.store.get(tables.CHANNEL_SKUS, key)
                status = named_in(str(error)) or str((shown or {}).get("status", ""))
            if not (told and status == FROZEN):
                found.append(_Refused(str(sku_id), str(error), status, state == PushState.HELD))
    return sorted(found, key=lambda one: one.sku_id)


def _held(refused: Sequence[_Refused]) -> str:
    """A held value is the same refusal, the third time: no problem of its own."""
    held = sum(one.held for one in refused)
    if not held:
        return ""
    whose = "" if held == len(refused) else f" {held} of them"
    return f",{whose} held after three identical refusals"


def _cure(refused: Sequence[_Refused], aspect: str) -> str:
    """For each reason once; then when what is held goes on."""
    cures = dict.fromkeys(one.cure for one in refused)
    if any(one.held for one in refused):
        cures[f"What is held goes on as soon as its {aspect} changes."] = None
    return " ".join(cures)
