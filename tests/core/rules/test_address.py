"""Addresses as Avasam wants them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.order import Address
from core.rules.address import country_name, deliver_to

HOME = Address(
    name="Siân O'Neill",
    phone="(+44)7700900123",
    line="Flat 3, 12 Tanner's Row",
    city="Leeds",
    region="West Yorkshire",
    postcode="LS99 1ZZ",
    country="United Kingdom",
    email="relay@example.com",
)
texts = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=20)


def test_the_county_is_left_out_and_everything_else_goes() -> None:
    to = deliver_to(HOME).value
    assert to is not None
    assert (to.name, to.address, to.city) == ("Siân O'Neill", "Flat 3, 12 Tanner's Row", "Leeds")
    assert (to.country, to.postcode, to.phone) == ("United Kingdom", "LS99 1ZZ", "+447700900123")
    assert "Yorkshire" not in repr(to)


@pytest.mark.parametrize(
    ("country", "name"),
    [
        ("GB", "United Kingdom"),
        ("uk", "United Kingdom"),
        ("England", "United Kingdom"),
        ("US", "United States"),
        ("IE", "Ireland"),
        ("Deutschland", "Deutschland"),
    ],
)
def test_countries_go_by_their_full_names(country: str, name: str) -> None:
    assert country_name(country) == name


@pytest.mark.parametrize("field", ["name", "phone", "line", "postcode"])
def test_a_mask_anywhere_is_a_mask(field: str) -> None:
    decision = deliver_to(HOME.model_copy(update={field: "A***"}))
    assert decision.value is None
    assert "masked" in str(decision)


def test_everything_that_lacks_is_named_at_once() -> None:
    decision = deliver_to(HOME.model_copy(update={"phone": " ", "city": ""}))
    assert str(decision) == "the address lacks a town and a telephone number: Avasam asks for it"


@given(st.builds(Address, name=texts, phone=texts, line=texts, city=texts, postcode=texts, country=texts))
def test_what_is_delivered_has_every_required_field(address: Address) -> None:
    to = deliver_to(address).value
    if to is not None:
        required = (to.name, to.address, to.city, to.country, to.postcode, to.phone)
        assert all(value.strip() and "*" not in value for value in required if value is not to.city)
        assert len(to.country) > 2
