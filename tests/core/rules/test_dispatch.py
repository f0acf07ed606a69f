"""What an order is divided into, and where it stands by its parts."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from core.models.order import ChannelOrder
from core.models.part import OrderPart, PartState, Sighting
from core.rules.dispatch import follow, known_to_channel, plan_parts, sendable
from tests.core.sync.support import channel_order

PART = OrderPart(reference="1", supplier_key="s", items=(), line_ids=("1-0", "1-1"), tracking_number="TRK 1")
skus = st.lists(st.sampled_from(["mug", "cup", "pan", "own"]), min_size=1, max_size=12)
keys = st.fixed_dictionaries({sku: st.sampled_from(["s1", "s2", "s3"]) for sku in ("mug", "cup", "pan")})


def mapped(bought: list[str]) -> ChannelOrder:
    order = channel_order("1", bought)
    lines = [
        line.model_copy(update={"avasam_sku": None if sku == "own" else sku})
        for sku, line in zip(bought, order.lines, strict=True)
    ]
    return order.model_copy(update={"lines": tuple(lines)})


@given(skus, keys)
def test_every_mapped_unit_is_in_exactly_one_part(bought: list[str], suppliers: dict[str, str]) -> None:
    order = mapped(bought)
    parts = plan_parts(order, suppliers)
    lines = [line for part in parts for line in part.line_ids]
    assert sorted(lines) == sorted(line.line_id for line in sendable(order))
    units: Counter[str] = Counter()
    for part in parts:
        assert {suppliers[item.sku] for item in part.items} == {part.supplier_key}
        units.update({item.sku: item.units for item in part.items})
    assert units == Counter(sku for sku in bought if sku != "own")
    assert [part.reference for part in parts] == [
        "1" if place == 0 else f"1-{place + 1}" for place in range(len(parts))
    ]


def test_cancelled_and_shipped_lines_are_not_sent() -> None:
    order = mapped(["mug", "cup", "pan"])
    first, second, third = order.lines
    lines = (
        first.model_copy(update={"status": "CANCELLED"}),
        second.model_copy(update={"tracking_number": "T"}),
        third,
    )
    assert sendable(order.model_copy(update={"lines": lines})) == [third]


def test_a_package_that_tiktok_only_planned_has_not_left() -> None:
    order = mapped(["mug", "cup"])
    planned = tuple(line.model_copy(update={"package_id": "p"}) for line in order.lines)
    assert known_to_channel(order.model_copy(update={"lines": planned}), PART) is None
    left = tuple(line.model_copy(update={"tracking_number": "TRK1"}) for line in planned)
    assert known_to_channel(order.model_copy(update={"lines": left}), PART) == (True, "TRK1", "p")
    theirs = tuple(line.model_copy(update={"tracking_number": "X"}) for line in planned)
    assert known_to_channel(order.model_copy(update={"lines": theirs}), PART) == (False, "X", "p")
    half = (left[0], planned[1])
    assert known_to_channel(order.model_copy(update={"lines": half}), PART) is None


def test_an_order_that_avasam_shows_is_taken_and_its_cancelled_twin_does_not_count() -> None:
    gone = Sighting(reference="1", number="A", status="CANCELLED")
    live = Sighting(reference="1", number="B", status="CREATED")
    assert follow(PART, []) == PART
    both = follow(PART, [gone, live])
    assert (both.state, both.number, both.twice) == (PartState.TAKEN, "B", False)
    assert follow(PART, [live, live.model_copy(update={"number": "C"})]).twice
    assert follow(PART, [gone]).status == "CANCELLED"


def test_what_a_person_typed_stays() -> None:
    typed = PART.model_copy(update={"corrected": True})
    seen = Sighting(reference="1", number="A", status="DISPATCH", tracking_number="OLD", carrier="X")
    assert follow(typed, [seen]).tracking_number == "TRK 1"
    assert follow(PART, [seen]).tracking_number == "OLD"
