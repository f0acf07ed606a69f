"""What TikTok has against a product, as problems of its row: frozen, refused in review, gone."""

from typing import Final

from core.channel.listings import ChannelProduct
from core.models.listing_state import ListingProblem
from core.rules.off_sale import FAILED, FROZEN, meaning
from core.rules.refusals import field_of_position

FROZEN_CODE: Final = "frozen"


def gone_problem(product_id: str) -> ListingProblem:
    """Somebody deleted the product on TikTok by hand; its mapping waits for a person."""
    return ListingProblem(
        code="gone",
        field="listing",
        what=f"TikTok has no product {product_id} any more: it was deleted there",
        fix="Delete the row here too, which unlinks it; then List it anew if it shall sell again.",
    )


def frozen_problem(why: str = "") -> ListingProblem:
    """TikTok stopped the product for a policy: it can neither be changed nor deleted (tiktok-shop-api §7)."""
    what, fix = meaning(FROZEN) or ("", "")
    return ListingProblem(
        code=FROZEN_CODE, field="listing", what=what + (f". TikTok says: {why}" if why else ""), fix=fix
    )


def frozen_as_told(product: ChannelProduct) -> ListingProblem:
    """The same with the reasons that the reply names."""
    return frozen_problem("; ".join(reason for one in product.failures for reason in one.reasons))


def unread_failure() -> ListingProblem:
    """The download tells that a review failed, and not why."""
    what, fix = meaning(FAILED) or ("", "")
    return ListingProblem(code="review-failed", field="any", what=what, fix=fix)


def review_problems(product: ChannelProduct) -> tuple[ListingProblem, ...]:
    """The reasons of a failed review, each with the field that TikTok names."""
    found = tuple(
        ListingProblem(
            code="review-failed",
            field=field_of_position(failure.position),
            what=f"{failure.position.replace('_', ' ')}: {'; '.join(failure.reasons) or 'refused in review'}",
            fix="; ".join(failure.suggestions) or "Correct it, then Update.",
        )
        for failure in product.failures
    )
    nothing = ListingProblem(
        code="review-failed",
        field="any",
        what="TikTok refused it in review and gave no reason",
        fix="See the product in Seller Center, correct it here, then Update.",
    )
    return found or (nothing,)
