"""A product's picture for a person to look at: fetched within limits, measured, never decoded here (A31)."""

from dataclasses import dataclass, field

from core.backend import Backend
from core.inventory.images import ImageFault
from core.rules.image_header import ImageHeader, read_header
from core.rules.listing_limits import limits_for
from core.services.errors import ServiceError

_REMEDY = "Replace the picture in Avasam, then read the inventory."


@dataclass(frozen=True, slots=True)
class Seen:
    """What an address leads to."""

    address: str
    header: ImageHeader
    content: bytes = field(repr=False)

    @property
    def words(self) -> str:
        """Format, sides in pixels and size: `PNG, 600 x 600 pixels, 34 kB`."""
        one = self.header
        sides = f", {one.width} x {one.height} pixels" if one.width else ""
        return f"{one.format}{sides}, {max(1, len(self.content) // 1024):,} kB"


class PictureService:
    """Pictures by address."""

    def __init__(self, backend: Backend) -> None:
        self._images = backend.images()

    async def look(self, address: str) -> Seen:
        """Fetch and measure one. Raises ServiceError in words."""
        if not address.strip():
            raise ServiceError("This product has no picture", "Add one in Avasam, then read the inventory.")
        most = limits_for("").image_bytes_most
        try:
            content = (await self._images.fetch(address, most=most)).content
        except ImageFault as fault:
            raise ServiceError(f"The picture {fault}", _REMEDY) from None
        if len(content) > most:
            raise ServiceError(f"The picture has more than {most // 1024 // 1024} MB", _REMEDY)
        header = read_header(content)
        if header is None:
            raise ServiceError("What is at this address is not a picture", _REMEDY)
        return Seen(address, header, content)
