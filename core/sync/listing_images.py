"""Looks at a product's images and hands them to TikTok, the same bytes to one shop only once."""

from collections.abc import Sequence
from hashlib import sha256

from core.inventory.images import ImageFault, ImageSource
from core.rules.candidate import ImageLook
from core.rules.image_header import read_header
from core.rules.listing_limits import ListingLimits
from core.rules.preflight_images import image_fault
from core.sync.listing_context import ListingContext
from core.sync.listing_uploads import Uploads


async def look_at(
    source: ImageSource, limits: ListingLimits, addresses: Sequence[str]
) -> tuple[list[ImageLook], dict[str, bytes]]:
    """What each address leads to, and the contents by their hash."""
    looks: list[ImageLook] = []
    contents: dict[str, bytes] = {}
    for address in addresses[: limits.images_most]:
        try:
            found = await source.fetch(address, most=limits.image_bytes_most)
        except ImageFault as fault:
            looks.append(ImageLook(address, fault=str(fault)))
            continue
        name = sha256(found.content).hexdigest()
        contents[name] = found.content
        looks.append(ImageLook(address, read_header(found.content), len(found.content), content_hash=name))
    return looks, contents


class Images:
    """The images of one job."""

    def __init__(self, ctx: ListingContext, limits: ListingLimits, uploads: Uploads) -> None:
        self._tools = ctx.tools
        self._limits = limits
        self._uploads = uploads

    async def look(self, addresses: tuple[str, ...]) -> tuple[list[ImageLook], dict[str, bytes]]:
        """What each address leads to, and the contents by their hash."""
        return await look_at(self._tools.images, self._limits, addresses)

    async def upload(self, looks: list[ImageLook], contents: dict[str, bytes]) -> list[str]:
        """URIs of the images that TikTok takes, in order. Raises the ChannelError of a refused upload."""
        fine = [look.content_hash for look in looks if image_fault(look, self._limits) is None]
        return [await self._uri(name, contents[name]) for name in dict.fromkeys(fine)]

    async def _uri(self, name: str, content: bytes) -> str:
        async def send() -> str:
            header = read_header(content)
            filename = f"{name[:16]}.{header.format.lower() if header else 'bin'}"
            return (await self._tools.listings.upload_image(filename, content)).uri

        return await self._uploads.once(name, name, send)
