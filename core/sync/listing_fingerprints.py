"""What tells whether a field of a listing is another one than was sent."""

from hashlib import sha256
from typing import Final

from core.models.category import SizeChart
from core.rules.candidate import Candidate


def fingerprints(candidate: Candidate) -> dict[str, str]:
    """Field -> a short hash of what would be sent for it: tells what changed without keeping it twice."""
    parts = {
        "title": candidate.title,
        "description": candidate.description,
        "category": candidate.category_id,
        "attributes": [one.model_dump() for one in candidate.attributes],
        "brand": candidate.brand_id,
        "weight": candidate.weight_kg,
        "size": candidate.size_cm,
        "size_chart": _chart(candidate.size_chart),
        "certificates": [
            (one.id, [kept.content_hash for kept in one.files], one.expires_on)
            for one in candidate.certificates
        ],
        "manufacturer": candidate.manufacturer_ids,
        "responsible_person": candidate.responsible_person_ids,
        "images": candidate.addresses,
        "variation": [(one.sku, one.sides) for one in candidate.variants],
        "sku": [one.sku for one in candidate.variants],
        "price": [(one.sku, one.price) for one in candidate.variants],
        "stock": [(one.sku, one.quantity) for one in candidate.variants],
    }
    return {name: _short(part) for name, part in parts.items()}


def _chart(chart: SizeChart | None) -> tuple[str, str] | None:
    if chart is None:
        return None
    return chart.template_id, chart.file.content_hash if chart.file else ""


def _short(part: object) -> str:
    return sha256(repr(part).encode("utf-8", "replace")).hexdigest()[:16]


_NOTHING: Final[dict[str, object]] = {
    "attributes": [],
    "brand": None,
    "size": None,
    "size_chart": None,
    "certificates": [],
    "manufacturer": (),
    "responsible_person": (),
}
EMPTY: Final = {name: _short(part) for name, part in _NOTHING.items()}
"""Fingerprints of fields that hold nothing: a listing sent before there were such fields has not changed."""
