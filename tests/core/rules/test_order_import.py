"""Which orders are imported: the truth table, and a second, plainer reading of it to check against."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.integration import IntegrationSettings
from core.models.order import ChannelOrder, OrderKind, OrderLine
from core.rules.order_import import ImportResult, Phase, decide

AT = datetime(2026, 7, 1, tzinfo=UTC)
MAPPED = {"mug": "AV-MUG", "cup": "AV-CUP"}
PAID = ["AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"]
STATUSES = ["UNPAID", "ON_HOLD", *PAID, "COMPLETED", "CANCELLED", "CANCEL", "SOMETHING_NEW", ""]


def order_of(*skus: str, status: str = "AWAITING_SHIPMENT", **given: object) -> ChannelOrder:
    """An order with one line a SKU; `mug!` is a cancelled line."""
    lines = tuple(
        OrderLine(
            line_id=str(number), sku_id=sku.rstrip("!"), status="CANCELLED" if sku.endswith("!") else ""
        )
        for number, sku in enumerate(skus)
    )
    values = {
        "id": "576",
        "status": status,
        "fulfilment_type": "FULFILLMENT_BY_SELLER",
        "created_at": AT,
        "updated_at": AT,
        "lines": lines,
    }
    return ChannelOrder.model_validate(values | given)


def decided(order: ChannelOrder, *, split: bool = False, exclude: bool = False) -> ImportResult:
    settings = IntegrationSettings(split_unknown=split, exclude_non_avasam=exclude)
    return decide(order, MAPPED, settings).value


@pytest.mark.parametrize(
    ("skus", "split", "exclude", "kind", "imported", "kept", "purge"),
    [
        (("mug", "cup"), False, False, OrderKind.AVASAM, True, 2, False),
        (("mug", "cup"), False, True, OrderKind.AVASAM, True, 2, False),
        (("mug", "cup"), True, False, OrderKind.AVASAM, True, 2, False),
        (("mug", "cup"), True, True, OrderKind.AVASAM, True, 2, False),
        (("hat", "tie"), False, False, OrderKind.NON_AVASAM, True, 2, True),
        (("hat", "tie"), True, False, OrderKind.NON_AVASAM, True, 2, True),
        (("hat", "tie"), False, True, OrderKind.NON_AVASAM, False, 0, False),
        (("hat", "tie"), True, True, OrderKind.NON_AVASAM, False, 0, False),
        (("mug", "hat"), True, False, OrderKind.MIXED, True, 1, False),
        (("mug", "hat"), True, True, OrderKind.MIXED, True, 1, False),
        (("mug", "hat"), False, False, OrderKind.MIXED, True, 2, False),
        (("mug", "hat"), False, True, OrderKind.MIXED, False, 0, False),
    ],
)
def test_the_truth_table_of_exclude_and_split(
    skus: tuple[str, ...],
    split: bool,
    exclude: bool,
    kind: OrderKind,
    imported: bool,
    kept: int,
    purge: bool,
) -> None:
    """A44"""
    result = decided(order_of(*skus), split=split, exclude=exclude)
    assert (result.kind, result.imported, len(result.lines), result.purge) == (kind, imported, kept, purge)


def test_mapped_lines_carry_their_avasam_sku_and_others_none() -> None:
    result = decided(order_of("mug", "hat", "cup"))
    assert [line.avasam_sku for line in result.lines] == ["AV-MUG", None, "AV-CUP"]


def test_one_unit_is_one_line_and_all_are_kept() -> None:
    result = decided(order_of("mug", "mug", "mug", "hat"), split=True)
    assert [line.line_id for line in result.lines] == ["0", "1", "2"]


@pytest.mark.parametrize("kind", ["FULFILLMENT_BY_TIKTOK", "FULFILLMENT_BY_DILAYANI_TOKOPEDIA", ""])
def test_an_order_that_somebody_else_fulfils_is_not_imported(kind: str) -> None:
    assert not decided(order_of("mug", fulfilment_type=kind)).imported


def test_an_unpaid_order_is_not_imported_even_when_it_is_on_hold() -> None:
    assert not decided(order_of("mug", status="UNPAID", is_on_hold=True)).imported


@pytest.mark.parametrize(
    "order", [order_of("mug", status="ON_HOLD"), order_of("mug", is_on_hold=True)], ids=["status", "mark"]
)
def test_an_order_on_hold_is_imported_and_held(order: ChannelOrder) -> None:
    """A50"""
    result = decided(order)
    assert result.imported
    assert result.on_hold
    assert result.attention is None


@pytest.mark.parametrize(
    ("status", "phase"),
    [
        ("AWAITING_SHIPMENT", Phase.OPEN),
        ("AWAITING_COLLECTION", Phase.SHIPPED),
        ("COMPLETED", Phase.SHIPPED),
        ("CANCELLED", Phase.CANCELLED),
        ("CANCEL", Phase.CANCELLED),
    ],
)
def test_the_phase_tells_how_far_the_order_has_come(status: str, phase: Phase) -> None:
    result = decided(order_of("mug", status=status))
    assert result.imported
    assert result.phase is phase


def test_a_status_that_nobody_knows_yet_is_imported_for_a_person() -> None:
    result = decided(order_of("mug", status="TELEPORTED"))
    assert result.imported
    assert "TELEPORTED" in (result.attention or "")


def test_an_order_that_is_partly_shipped_already_is_imported_for_a_person() -> None:
    assert "shipped a part" in (decided(order_of("mug", status="PARTIALLY_SHIPPING")).attention or "")


@pytest.mark.parametrize("exclude", [True, False])
def test_an_order_without_lines_is_never_lost(exclude: bool) -> None:
    result = decided(order_of(), exclude=exclude)
    assert result.imported
    assert not result.purge
    assert result.attention == "it came without lines"


@pytest.mark.parametrize(
    ("skus", "kind"),
    [
        (("mug", "hat!"), OrderKind.AVASAM),
        (("mug!", "hat"), OrderKind.NON_AVASAM),
        (("mug!", "hat!"), OrderKind.MIXED),
        (("mug!",), OrderKind.AVASAM),
    ],
)
def test_cancelled_lines_count_only_when_all_are_cancelled(skus: tuple[str, ...], kind: OrderKind) -> None:
    assert decided(order_of(*skus)).kind is kind


def test_what_is_special_about_an_order_is_flagged() -> None:
    order = order_of("mug", is_sample=True, is_exchange=True, order_type="ZERO_LOTTERY")
    assert decided(order).flags == ("sample", "exchange", "lottery")


@pytest.mark.parametrize(
    ("order", "split", "exclude", "words"),
    [
        (order_of("mug"), False, False, "1 of 1 lines mapped -> imported whole"),
        (order_of("mug", "hat"), False, False, "1 of 2 lines mapped -> imported whole, marked mixed"),
        (
            order_of("mug", "mug", "hat"),
            False,
            False,
            "1 of 2 lines mapped (2 of 3 units) -> imported whole, marked mixed",
        ),
        (
            order_of("mug", "hat", is_sample=True),
            True,
            False,
            "1 of 2 lines mapped -> imported with its mapped lines only -> sample",
        ),
        (
            order_of("hat", "tie"),
            False,
            True,
            "0 of 2 lines mapped -> non-Avasam orders are hidden -> not imported",
        ),
        (
            order_of("mug", status="ON_HOLD"),
            False,
            False,
            "1 of 1 lines mapped -> imported whole -> on hold until TikTok releases it",
        ),
        (order_of("mug", status="UNPAID"), False, False, "not paid for yet -> not imported"),
    ],
)
def test_the_decision_explains_itself(order: ChannelOrder, split: bool, exclude: bool, words: str) -> None:
    settings = IntegrationSettings(split_unknown=split, exclude_non_avasam=exclude)
    assert str(decide(order, MAPPED, settings)) == words


@given(
    skus=st.lists(st.sampled_from(["mug", "cup", "hat", "tie", "mug!", "hat!"]), max_size=5),
    status=st.sampled_from(STATUSES),
    seller=st.booleans(),
    split=st.booleans(),
    exclude=st.booleans(),
)
def test_every_order_agrees_with_a_plain_reading_of_the_table(
    skus: list[str], status: str, seller: bool, split: bool, exclude: bool
) -> None:
    """A44"""
    order = order_of(
        *skus, status=status, fulfilment_type="FULFILLMENT_BY_SELLER" if seller else "FULFILLMENT_BY_TIKTOK"
    )
    result = decided(order, split=split, exclude=exclude)

    live = [sku for sku in skus if not sku.endswith("!")] or [sku.rstrip("!") for sku in skus]
    mapped = {sku in MAPPED for sku in live}
    row = {
        frozenset({True}): "all",
        frozenset({False}): "none",
        frozenset({True, False}): "mixed",
        frozenset(): "empty",
    }[frozenset(mapped)]
    hidden = exclude and (row == "none" or (row == "mixed" and not split))
    expected = seller and status != "UNPAID" and not hidden

    assert result.imported is expected
    assert result.purge is (expected and row == "none")
    if expected:
        only_mapped = row == "mixed" and split
        kept = [sku for sku in skus if not only_mapped or sku.rstrip("!") in MAPPED]
        assert [line.sku_id for line in result.lines] == [sku.rstrip("!") for sku in kept]
    else:
        assert result.lines == ()
