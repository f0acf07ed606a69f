"""Carriers by name."""

import pytest

from core.rules.carrier import choose_carrier, same_name, tracking_for_channel

OFFERED = {"1": "Royal Mail", "2": "Evri", "3": "DPD UK", "4": "DPD Local", "5": "Parcelforce"}


@pytest.mark.parametrize(
    ("carrier", "service", "chosen"),
    [
        ("Royal Mail", "", "1"),
        ("royal-mail", "", "1"),
        ("Royal Mail Tracked 48", "", "1"),
        ("DPD UK", "", "3"),
        ("DPD", "", None),
        ("Hermes", "", None),
        ("", "Evri Standard", "2"),
        ("Hermes", "Parcelforce 24", "5"),
        ("", "", None),
        ("!?", "", None),
    ],
)
def test_a_name_must_fit_exactly_one_carrier(carrier: str, service: str, chosen: str | None) -> None:
    assert choose_carrier(carrier, service, OFFERED, {}).value == chosen


def test_what_a_person_chose_wins_while_the_option_offers_it() -> None:
    remembered = {same_name("Evri"): "5", same_name("Hermes"): "99"}
    assert choose_carrier("EVRI", "", OFFERED, remembered).value == "5"
    assert choose_carrier("Hermes", "", OFFERED, remembered).value is None


def test_why_none_was_chosen_names_those_there_are() -> None:
    assert str(choose_carrier("Hermes", "", {"1": "Evri"}, {})).endswith("choose one of Evri")
    assert "TikTok delivers" in str(choose_carrier("Evri", "", {}, {}))


@pytest.mark.parametrize(
    ("number", "taken"),
    [("AB 123 GB", "AB123GB"), ("A/1.2_3-4", "A/1.2_3-4"), ("123", None), ("ä1234", None), ("1" * 51, None)],
)
def test_tracking_numbers_are_what_tiktok_takes(number: str, taken: str | None) -> None:
    assert tracking_for_channel(number) == taken
