"""A37: suggestions, each with a reason and a confidence; what fits twice is unsure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.matching import BAR, Matcher, Reason, Suggestion, Unmapped, settle
from core.rules.titles import numbers_differ, words


def matcher(*rows: tuple[str, str] | tuple[str, str, str]) -> Matcher:
    """A matcher over products (SKU, title, barcode or none)."""
    made = Matcher()
    for sku, title, *barcode in rows:
        made.add(sku, title, barcode[0] if barcode else None)
    return made


MUGS = matcher(
    ("MUG-GRN-01", "Kelso green mug, 330 ml", "5060000000017"),
    ("MUG-GRN-02", "Kelso green mug, 500 ml", "5060000000024"),
    ("LMP-0001", "Orchard desk lamp, brass", "5060000000031"),
    ("LMP-0002", "Orchard floor lamp, brass", "05060000000031"),
)


def best(seller_sku: str = "", title: str = "", among: Matcher = MUGS) -> Suggestion | None:
    return among.best(Unmapped("s1", "p1", seller_sku, title))


def found(seller_sku: str = "", title: str = "", among: Matcher = MUGS) -> Suggestion:
    made = best(seller_sku, title, among)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("seller_sku", "reason", "confidence"),
    [
        ("MUG-GRN-02", Reason.SKU, 1.0),
        ("5060000000024", Reason.BARCODE, 0.97),
        ("mug_grn 02", Reason.SKU_ALIKE, 0.95),
        ("TT-MUG-GRN-02", Reason.SKU_INSIDE, 0.93),
        ("mug_grn_02_uk", Reason.SKU_INSIDE, 0.93),
    ],
)
def test_A37_sure_signs_name_their_reason(seller_sku: str, reason: Reason, confidence: float) -> None:
    made = found(seller_sku, "whatever it is called")
    assert (made.avasam_sku, made.reason, made.confidence) == ("MUG-GRN-02", reason, confidence)
    assert made.sure
    assert str(made) == f"seller SKU {seller_sku} -> {reason}: MUG-GRN-02"


def test_A37_an_equal_sku_goes_before_any_title() -> None:
    assert found("LMP-0001", "Kelso green mug, 330 ml").avasam_sku == "LMP-0001"


@pytest.mark.parametrize(
    "title",
    [
        "Kelso green mug 500ml",
        "500 ml green MUG by Kelso",
        "NEW! Kelso green mug, 500 ml, free delivery",
        "Kelsoo green mug, 500 ml",
    ],
)
def test_A37_a_close_title_is_found_whatever_its_order_case_spelling_and_praise(title: str) -> None:
    made = found("", title)
    assert (made.avasam_sku, made.reason, made.sure) == ("MUG-GRN-02", Reason.TITLE, True)
    assert 0.5 < made.confidence < BAR, "no title alone is accepted with the others"


def test_A37_a_barcode_of_two_products_is_unsure_and_names_the_other() -> None:
    made = found("5060000000031", "lamp")
    assert not made.sure
    assert made.rivals == ("LMP-0002",)
    assert made.confidence <= 0.5
    assert "unsure: LMP-0002 fits as well" in str(made)


def test_A37_a_title_that_does_not_tell_sizes_apart_is_unsure() -> None:
    made = found("", "Kelso green mug")
    assert {made.avasam_sku, *made.rivals} == {"MUG-GRN-01", "MUG-GRN-02"}


def test_another_size_is_not_the_same_thing() -> None:
    one = matcher(("M-500", "Kelso green mug, 500 ml"))
    assert best("", "Kelso green mug, 330 ml", one) is None


def test_a_title_that_is_all_of_a_product_is_not_the_one_that_adds_words() -> None:
    lamps = matcher(("L", "Orchard desk lamp"), ("S", "Orchard desk lamp shade cleaning kit"))
    made = found("", "Orchard desk lamp", lamps)
    assert (made.avasam_sku, made.sure) == ("L", True)


@pytest.mark.parametrize(
    ("seller_sku", "title"),
    [("", ""), ("own-1", "hand-painted tile"), ("-", "…"), ("x", ""), ("123", "!!!"), ("GRN", "")],
)
def test_A37_nothing_near_suggests_nothing(seller_sku: str, title: str) -> None:
    assert best(seller_sku, title) is None


def test_titles_without_blanks_between_words_are_compared_by_character() -> None:
    assert (
        found("", "绿色马克杯 500毫升", matcher(("A", "马克杯 绿色 500 毫升"), ("B", "台灯"))).avasam_sku
        == "A"
    )


def test_variations_of_one_listing_do_not_share_a_partner_by_title() -> None:
    one, two = (Unmapped(name, "p1", "", "Orchard desk lamp, brass") for name in ("s1", "s2"))
    other = Unmapped("s3", "p2", "", "Orchard desk lamp, brass")
    pairs = [(row, made) for row in (one, two, other) if (made := MUGS.best(row)) is not None]
    assert [(made.sku_id, made.sure) for made in settle(pairs)] == [
        ("s1", False),
        ("s2", False),
        ("s3", True),
    ]


def test_two_skus_of_one_listing_with_sure_signs_stay_sure() -> None:
    """An Avasam SKU may serve several channel SKUs."""
    pairs = [
        (row, found(row.seller_sku)) for row in (Unmapped(n, "p1", "LMP-0001", "") for n in ("s1", "s2"))
    ]
    assert all(made.sure for made in settle(pairs))


@given(st.text(max_size=40), st.text(max_size=80))
def test_any_text_is_compared_without_a_fault_and_always_the_same(seller_sku: str, title: str) -> None:
    made = best(seller_sku, title)
    assert made == best(seller_sku, title)
    assert made is None or (0 < made.confidence <= 1 and made.avasam_sku in {*MUGS._titles})


@given(
    st.lists(st.text(alphabet="abcdef gh12", min_size=1, max_size=20), min_size=1, max_size=15, unique=True)
)
def test_every_product_finds_itself_by_its_sku(skus: list[str]) -> None:
    among = matcher(*((sku, f"title {sku}") for sku in skus))
    for sku in skus:
        assert found(sku, "", among).avasam_sku == sku
        assert found(sku, "", among).reason is Reason.SKU


def test_words_are_split_where_numbers_meet_letters() -> None:
    assert words("Größe 330ML, 1.5kg") == {"grösse", "330", "ml", "1.5", "kg"}
    assert numbers_differ("330 ml", "500 ml")
    assert not numbers_differ("330 ml", "mug")
    assert not numbers_differ("330 ml, pack of 2", "330 ml")
