"""What TikTok's status of a product means: what happened, and what to do now (tiktok-shop-api §7)."""

from typing import Final

FROZEN: Final = "FREEZE"
FAILED: Final = "FAILED"

WORST_FIRST: Final = (FROZEN, FAILED, "PLATFORM_DEACTIVATED", "SELLER_DEACTIVATED", "DRAFT")
"""Statuses in which buyers do not see a product, that which needs a person most first."""

FORBIDS: Final = "12052901"
"""TikTok's code for: the status of the product does not allow this."""

_WORDS: Final = {
    FROZEN: (
        "TikTok froze the product for breaking a policy: no buyer sees it, and no change of it is taken",
        "See why in Seller Center and appeal there; once it is free again, Update it.",
    ),
    FAILED: (
        "TikTok refused the product in its review: buyers do not see it",
        "See the reasons in Seller Center, correct them here, then Update: that asks for a new review.",
    ),
    "PLATFORM_DEACTIVATED": (
        "TikTok took the product off sale: buyers do not see it",
        "See the reason in Seller Center, then Activate it: that asks for a new review.",
    ),
    "SELLER_DEACTIVATED": (
        "The product was deactivated: buyers do not see it",
        "Activate it when it shall sell again: that asks for a new review.",
    ),
    "DRAFT": (
        "The product is only a draft in Seller Center: buyers do not see it",
        "Submit it there, then download the shop's listings.",
    ),
    "PENDING": (
        "The product waits for TikTok's review",
        "Try again once the review is over; what Avasam changes goes on by itself then.",
    ),
    "DELETED": (
        "The product was deleted on TikTok",
        "Delete the row here too, which unlinks it; then List it anew if it shall sell again.",
    ),
}


def meaning(status: str) -> tuple[str, str] | None:
    """(what happened, what to do now); None for a status that stops nothing or is not known."""
    return _WORDS.get(status)


def named_in(text: str) -> str:
    """The status that a refusal's words name, such as `The product status FREEZE does not allow this`."""
    words = set(text.replace(".", " ").replace(",", " ").split())
    return next((status for status in _WORDS if status in words), "")
