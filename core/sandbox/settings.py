"""What a test may change about the sandbox while it runs: lifetimes, scopes and the call rate."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

SCOPES = (
    "seller.authorization.info",
    "seller.shop.info",
    "seller.order.info",
    "seller.product.basic",
    "seller.product.write",
    "seller.fulfillment.basic",
    "seller.logistics",
    "seller.return_refund.basic",
)
LARGEST = 100 * 365 * 86_400
"""A hundred years in seconds: what lives longer ends past what calendars can write."""


@dataclass(slots=True)
class Settings:
    """Seconds, unless it says otherwise.

    `refresh_grace` is how long a rotated refresh token still works, `review_seconds` how long a listing is in
    review; `rate_limit` is calls per second and shop (None: no limit); `scopes` are what a consent grants.
    """

    access_token_lifetime: int = 7 * 86_400
    refresh_token_lifetime: int = 365 * 86_400
    refresh_grace: int = 0
    code_lifetime: int = 1_800
    avasam_token_lifetime: int = 86_400
    review_seconds: int = 20
    rate_limit: int | None = None
    scopes: list[str] = field(default_factory=lambda: list(SCOPES))

    def change(self, values: dict[str, Any]) -> None:
        """Take new values by name; ValueError names an unknown one or unusable value, nothing is changed."""
        known = {item.name for item in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown setting {name!r}; known: {', '.join(sorted(known))}")
            if name == "scopes":
                if not isinstance(value, list) or not all(isinstance(scope, str) for scope in value):
                    raise ValueError("scopes must be a list of scope names")
            elif name == "rate_limit" and value is None:
                continue
            elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
                raise ValueError(f"{name} must be a whole number, not negative, at most {LARGEST}")
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """The settings by name."""
        return asdict(self)
