"""Problems of many rows become a few causes (A32)."""

from datetime import UTC, datetime, timedelta

from core.models.listing_state import ListingProblem
from core.rules.refusals import field_of, field_of_position, fix_of
from core.rules.triage import Occurrence, causes

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def seen(
    sku: str, code: str, field: str, what: str = "wrong", hours: int = 0, *, blocks: bool = True
) -> Occurrence:
    problem = ListingProblem(code=code, field=field, what=what, fix="Change it.", blocking=blocks)
    return Occurrence(sku, problem, NOON + timedelta(hours=hours), "publish")


def test_rows_of_one_cause_are_counted_with_oldest_and_newest() -> None:
    (cause,) = causes([seen("b", "weight-missing", "weight", hours=2), seen("a", "weight-missing", "weight")])
    assert (cause.count, cause.skus, cause.opens) == (2, ("a", "b"), "set --weight")
    assert (cause.oldest, cause.newest) == (NOON, NOON + timedelta(hours=2))


def test_what_stops_something_comes_first_then_the_most_frequent() -> None:
    found = causes(
        [
            seen("a", "image-size", "images", blocks=False),
            seen("b", "image-size", "images", blocks=False),
            seen("c", "title-long", "title"),
            seen("d", "price-missing", "price"),
            seen("e", "price-missing", "price"),
        ]
    )
    assert [cause.code for cause in found] == ["price-missing", "title-long", "image-size"]


def test_reviews_are_told_apart_by_their_words_and_not_by_their_numbers() -> None:
    found = causes(
        [
            seen("a", "review-failed", "title", "title: word 17 is prohibited"),
            seen("b", "review-failed", "title", "title: word 99 is prohibited"),
            seen("c", "review-failed", "images", "main_images: image is unclear"),
        ]
    )
    assert [cause.count for cause in found] == [2, 1]


def test_tiktoks_codes_name_the_field_that_cures_them() -> None:
    assert field_of(12052931) == "title"
    assert field_of(12052104) == "attributes"
    assert field_of(12052570, "price") == "price"
    assert field_of(12052393, "inventory") == "stock"
    assert field_of(None) == "any"
    assert fix_of(12052260, "any").startswith("Delete the row")
    assert field_of_position("main_images") == "images"
    assert field_of_position("Product name") == "title"
