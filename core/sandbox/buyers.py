"""People who buy: made up, with telephone numbers that are set aside for fiction and mail at example.com."""

import random
from typing import Any, Final

FIRST: Final = ("Amelia", "Callum", "Priya", "Oluwaseun", "Siân", "Zoë", "Dougal", "Mei", "Tomasz", "Grace")
LAST: Final = ("Ashworth", "O'Neill", "Featherstonehaugh", "Patel", "Nowak", "Mac Giolla", "Li", "St. John")
STREETS: Final = ("Larkspur Mews", "Tanner's Row", "Copper Beech Close", "Sampleton Road", "Quill Street")
TOWNS: Final = {
    "GB": (
        ("Leeds", "West Yorkshire", "England", "LS99 1ZZ"),
        ("Cardiff", "South Glamorgan", "Wales", "CF99 2ZZ"),
        ("Inverness", "Highland", "Scotland", "IV99 3ZZ"),
        ("Truro", "Cornwall", "England", "TR99 4ZZ"),
    ),
    "US": (
        ("Springfield", "Clark County", "Ohio", "45501"),
        ("Fairview", "Cass County", "Missouri", "64842"),
        ("Riverton", "Fremont County", "Wyoming", "82501"),
    ),
}
COUNTRIES: Final = {"GB": "United Kingdom", "US": "United States"}
MASK: Final = "*****"


def make_recipient(rng: random.Random, region: str, *, masked: bool) -> dict[str, Any]:
    """A recipient address in the wire's fields; masked as the platform does it when it ships itself (§8)."""
    first, last = rng.choice(FIRST), rng.choice(LAST)
    town, county, state, postcode = rng.choice(TOWNS[region])
    street = f"{rng.randint(1, 180)} {rng.choice(STREETS)}"
    second = f"Flat {rng.randint(1, 9)}" if rng.random() < 0.3 else ""
    if region == "GB":
        phone = f"(+44)7700900{rng.randint(0, 999):03d}"
    else:
        phone = f"(+1)21255501{rng.randint(0, 99):02d}"
    if masked:
        first, last, street, second = (
            f"{text[:1]}{MASK}" if text else "" for text in (first, last, street, second)
        )
        phone = f"{phone[:-7]}{MASK}{phone[-2:]}"
        postcode = f"{postcode[:3]}{MASK}"
    lines = ", ".join(part for part in (street, second) if part)
    country = COUNTRIES[region]
    places = (
        ("Country", country, "L0"),
        ("State", state, "L1"),
        ("County", county, "L2"),
        ("City", town, "L3"),
    )
    return {
        "name": f"{first} {last}",
        "first_name": first,
        "last_name": last,
        "phone_number": phone,
        "address_line1": street,
        "address_line2": second,
        "address_line3": "",
        "address_line4": "",
        "address_detail": lines,
        "full_address": f"{lines}, {town}, {county}, {postcode}, {country}",
        "postal_code": postcode,
        "region_code": region,
        "post_town": town,
        "district_info": [
            {"address_level_name": name, "address_name": place, "address_level": level}
            for name, place, level in places
        ],
        "delivery_preferences": {"drop_off_location": ""},
    }


def make_account(rng: random.Random) -> dict[str, Any]:
    """The buyer's account as an order shows it: an id and an anonymous relay address."""
    number = rng.randrange(10**6, 10**7)
    return {
        "user_id": f"718700000000{number}",
        "buyer_email": f"relay-{number}@example.com",
        "buyer_nickname": f"shopper{number % 10_000}",
        "buyer_message": "Please leave with a neighbour" if number % 6 == 0 else "",
    }
