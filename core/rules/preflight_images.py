"""What TikTok would refuse about a listing's images (tiktok-shop-api §6)."""

from collections.abc import Iterator
from typing import Final

from core.models.listing_state import ListingProblem
from core.rules.candidate import Candidate, ImageLook
from core.rules.listing_limits import ListingLimits

_MEGABYTE: Final = 1024 * 1024


def image_problems(candidate: Candidate, limits: ListingLimits) -> Iterator[ListingProblem]:
    """The first image must do; one of the others that does not is left out, which is said."""
    if not candidate.addresses:
        yield _problem("image-missing", "The product has no image", "Add one in Avasam.")
        return
    if len(candidate.addresses) > limits.images_most:
        what = f"{len(candidate.addresses)} images; TikTok takes {limits.images_most}, the rest is left out"
        yield _problem("image-many", what, "Nothing, or choose in Avasam.", blocking=False)
    for place, look in enumerate(candidate.images or ()):
        fault = image_fault(look, limits)
        if fault is not None:
            code, what, fix = fault
            which = "The main image" if place == 0 else f"Image {place + 1}"
            rest = "" if place == 0 else "; it is left out"
            yield _problem(code, f"{which} {what}{rest}: {look.address}", fix, blocking=place == 0)


def image_fault(look: ImageLook, limits: ListingLimits) -> tuple[str, str, str] | None:
    """(code, what, fix) of one image, or None when TikTok would take it."""
    if look.fault is not None:
        fix = "Open its address: if it comes, try again; else replace it in Avasam and read the inventory."
        return "image-unreadable", look.fault, fix
    if look.size > limits.image_bytes_most:
        most = limits.image_bytes_most / _MEGABYTE
        what = f"has {look.size / _MEGABYTE:.1f} MB; at most {most:.0f} MB"
        return "image-large", what, "Replace it by a smaller file."
    if look.header is None:
        return "image-unreadable", "is not an image", "Replace it in Avasam."
    if look.header.format not in limits.image_formats:
        formats = ", ".join(sorted(limits.image_formats))
        return "image-format", f"is a {look.header.format}", f"Replace it by one of {formats}."
    sides = (look.header.width, look.header.height)
    if sides == (0, 0):
        return None
    if min(sides) < limits.image_side_least or max(sides) > limits.image_side_most:
        what = (
            f"is {sides[0]} x {sides[1]} pixels; each side must be from {limits.image_side_least} "
            f"to {limits.image_side_most}"
        )
        return "image-size", what, "Replace it by one of another size."
    return None


def _problem(code: str, what: str, fix: str, *, blocking: bool = True) -> ListingProblem:
    return ListingProblem(code=code, field="images", what=what, fix=fix, blocking=blocking)
