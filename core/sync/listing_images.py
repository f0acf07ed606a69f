"""Looks at a product's images and hands them to TikTok, the same bytes to one shop only once."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256

from core import tables
from core.channel.errors import LostReply
from core.inventory.images import ImageFault, ImageSource
from core.models.listing_state import ImageUpload
from core.rules.candidate import ImageLook
from core.rules.image_header import read_header
from core.rules.listing_limits import ListingLimits
from core.rules.preflight_images import image_fault
from core.sync.listing_context import ListingContext


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
    """The images of one job: rows that share one wait for each other's upload."""

    def __init__(self, ctx: ListingContext, limits: ListingLimits) -> None:
        self._ctx = ctx
        self._limits = limits
        self._locks: dict[str, asyncio.Lock] = {}

    async def look(self, addresses: tuple[str, ...]) -> tuple[list[ImageLook], dict[str, bytes]]:
        """What each address leads to, and the contents by their hash."""
        return await look_at(self._ctx.tools.images, self._limits, addresses)

    async def upload(self, looks: list[ImageLook], contents: dict[str, bytes]) -> list[str]:
        """URIs of the images that TikTok takes, in order. Raises the ChannelError of a refused upload."""
        fine = [look.content_hash for look in looks if image_fault(look, self._limits) is None]
        return [await self._uri(name, contents[name]) for name in dict.fromkeys(fine)]

    async def _uri(self, name: str, content: bytes) -> str:
        ctx = self._ctx
        key = tables.key(ctx.integration.id, name)
        async with self._locks.setdefault(name, asyncio.Lock()):
            document = await ctx.store.get(tables.IMAGE_UPLOADS, key)
            if document is not None:
                return ImageUpload.from_document(document).uri
            header = read_header(content)
            filename = f"{name[:16]}.{header.format.lower() if header else 'bin'}"
            try:
                made = await ctx.tools.listings.upload_image(filename, content)
            except LostReply:
                # An image that nobody refers to harms nobody: hand it over once more.
                made = await ctx.tools.listings.upload_image(filename, content)
            row = ImageUpload(
                integration_id=ctx.integration.id,
                content_hash=name,
                uri=made.uri,
                uploaded_at=ctx.clock.now(),
            )
            async with ctx.store.transaction(fence=ctx.lease) as tx:
                await tx.put(tables.IMAGE_UPLOADS, key, row.to_document())
            return made.uri
