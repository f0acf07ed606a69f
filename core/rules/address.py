"""An address as Avasam wants it: one line, no county, the country by its full name (avasam-api §1.6)."""

import re
from dataclasses import dataclass
from typing import Final

from core.models.decision import Decision
from core.models.order import Address

COUNTRIES: Final = {
    "AT": "Austria", "AU": "Australia", "BE": "Belgium", "BG": "Bulgaria", "BR": "Brazil", "CA": "Canada",
    "CH": "Switzerland", "CY": "Cyprus", "CZ": "Czech Republic", "DE": "Germany", "DK": "Denmark",
    "EE": "Estonia", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom",
    "GG": "Guernsey", "GR": "Greece", "HR": "Croatia", "HU": "Hungary", "ID": "Indonesia",
    "IE": "Ireland", "IM": "Isle of Man", "IT": "Italy", "JE": "Jersey", "JP": "Japan", "LT": "Lithuania",
    "LU": "Luxembourg", "LV": "Latvia", "MT": "Malta", "MX": "Mexico", "MY": "Malaysia",
    "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PH": "Philippines", "PL": "Poland",
    "PT": "Portugal", "RO": "Romania", "SE": "Sweden", "SG": "Singapore", "SI": "Slovenia",
    "SK": "Slovakia", "TH": "Thailand", "UK": "United Kingdom", "US": "United States", "VN": "Vietnam",
}  # fmt: skip
"""Full names by ISO 3166 code, of the markets of TikTok Shop and their neighbours; UK is what many write."""
_OTHER_NAMES: Final = {
    "england": "United Kingdom",
    "scotland": "United Kingdom",
    "wales": "United Kingdom",
    "northern ireland": "United Kingdom",
    "great britain": "United Kingdom",
    "united states of america": "United States",
    "usa": "United States",
}
_COUNTRY_CODE: Final = re.compile(r"\(\+(\d{1,3})\)\s*")


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where Avasam sends a parcel; everything but `email` is required."""

    name: str
    address: str
    city: str
    country: str
    postcode: str
    phone: str
    email: str = ""


def deliver_to(address: Address) -> Decision[Delivery | None]:
    """The address for Avasam; None with a reason in words when it is masked or something is missing."""
    delivery = Delivery(
        name=address.name,
        address=address.line,
        city=address.city,
        country=country_name(address.country),
        postcode=address.postcode,
        phone=_COUNTRY_CODE.sub(r"+\1", address.phone),
        email=address.email,
    )
    shown = (delivery.name, delivery.address, delivery.postcode, delivery.phone)
    if address.masked or any("*" in value for value in shown):
        return Decision(None, ("the address is masked: TikTok ships it itself, Avasam cannot",))
    required = {
        "a name": delivery.name,
        "a street": delivery.address,
        "a town": delivery.city,
        "a country": delivery.country,
        "a postcode": delivery.postcode,
        "a telephone number": delivery.phone,
    }
    lacking = [what for what, value in required.items() if not value.strip()]
    if lacking:
        return Decision(None, (f"the address lacks {' and '.join(lacking)}: Avasam asks for it",))
    if len(delivery.country) <= 2:
        return Decision(None, (f"nobody here knows the name of the country {delivery.country!r}",))
    return Decision(delivery, ("address complete",))


def country_name(country: str) -> str:
    """The full name of a country given by name or ISO code; one that nobody knows stays as it came."""
    country = country.strip()
    return COUNTRIES.get(country.upper()) or _OTHER_NAMES.get(country.casefold()) or country
