"""Looks at the files chosen for a listing and hands them to TikTok, the same bytes to one shop only once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Final

from core import tables
from core.channel.errors import LostReply
from core.channel.listings import Certificate, FileRef, SizeChartRef
from core.inventory.chosen_files import FileFault, FileSource, read_kept
from core.models.category import ChosenCertificate, KeptFile
from core.models.listing_state import ImageUpload
from core.rules.candidate import Candidate
from core.rules.listing_files import PDF, Fault, FileKind, file_fault
from core.rules.listing_limits import ListingLimits
from core.sync.listing_candidate import Documents
from core.sync.listing_context import ListingContext
from core.text import clean_line

_NAME: Final = 80


async def look_at_files(
    source: FileSource, limits: ListingLimits, candidate: Candidate
) -> tuple[Candidate, dict[KeptFile, bytes]]:
    """The candidate with what is wrong with its files, and the contents of those that can be sent."""
    faults: dict[KeptFile, Fault | None] = {}
    contents: dict[KeptFile, bytes] = {}
    chart = candidate.size_chart.file if candidate.size_chart else None
    for kept in candidate.chosen_files:
        kind = FileKind.SIZE_CHART if kept == chart else FileKind.CERTIFICATE
        try:
            contents[kept] = await read_kept(source, kept, most=kind.bytes_most(limits))
        except FileFault as fault:
            code = f"{kind.value.replace(' ', '-')}-file"
            faults[kept] = (code, str(fault), "Put the file back as it was, or choose it anew.")
        else:
            faults[kept] = file_fault(kind, contents[kept], limits)
    return replace(candidate, files=faults), contents


class Files:
    """The files of one job: rows that share one wait for each other's upload."""

    def __init__(self, ctx: ListingContext, limits: ListingLimits) -> None:
        self._ctx = ctx
        self._limits = limits
        self._locks: dict[str, asyncio.Lock] = {}

    async def look(self, candidate: Candidate) -> tuple[Candidate, dict[KeptFile, bytes]]:
        """See look_at_files."""
        return await look_at_files(self._ctx.tools.files, self._limits, candidate)

    async def upload(self, candidate: Candidate, contents: dict[KeptFile, bytes]) -> Documents:
        """What a draft names. Raises the ChannelError of a refused upload."""
        chart = candidate.size_chart
        ref = None
        if chart is not None and chart.file is not None:
            uri = await self._image(chart.file, contents[chart.file], FileKind.SIZE_CHART)
            ref = SizeChartRef(image_uri=uri)
        elif chart is not None:
            ref = SizeChartRef(template_id=chart.template_id)
        return Documents(ref, [await self._certificate(one, contents) for one in candidate.certificates])

    async def _certificate(self, one: ChosenCertificate, contents: dict[KeptFile, bytes]) -> Certificate:
        papers = [kept for kept in one.files if kept.format == PDF]
        pictures = [kept for kept in one.files if kept.format != PDF]
        ends = one.expires_on
        return Certificate(
            id=one.id,
            image_uris=[await self._image(kept, contents[kept], FileKind.CERTIFICATE) for kept in pictures],
            files=[await self._file(kept, contents[kept]) for kept in papers],
            expires_at=None if ends is None else int(datetime.combine(ends, time(), UTC).timestamp()),
        )

    async def _image(self, kept: KeptFile, content: bytes, kind: FileKind) -> str:
        async def send() -> str:
            made = await self._ctx.tools.listings.upload_image(_file_name(kept), content, use=kind.use)
            return made.uri

        return await self._once(f"{kind.use}-{kept.content_hash}", kept, send)

    async def _file(self, kept: KeptFile, content: bytes) -> FileRef:
        async def send() -> str:
            return (await self._ctx.tools.listings.upload_file(_file_name(kept), content)).id

        made = await self._once(f"FILE-{kept.content_hash}", kept, send)
        return FileRef(made, _file_name(kept), kept.format)

    async def _once(self, name: str, kept: KeptFile, send: Callable[[], Awaitable[str]]) -> str:
        """The uri or id of what was handed over before, else of what is handed over now."""
        ctx = self._ctx
        key = tables.key(ctx.integration.id, name)
        async with self._locks.setdefault(name, asyncio.Lock()):
            document = await ctx.store.get(tables.IMAGE_UPLOADS, key)
            if document is not None:
                return ImageUpload.from_document(document).uri
            try:
                made = await send()
            except LostReply:
                # A file that nobody refers to harms nobody: hand it over once more.
                made = await send()
            row = ImageUpload(
                integration_id=ctx.integration.id,
                content_hash=kept.content_hash,
                uri=made,
                uploaded_at=ctx.clock.now(),
            )
            async with ctx.store.transaction(fence=ctx.lease) as tx:
                await tx.put(tables.IMAGE_UPLOADS, key, row.to_document())
            return made


def _file_name(kept: KeptFile) -> str:
    """A name that says what the bytes are, whatever the file on disk is called."""
    stem = clean_line(kept.name, _NAME).rpartition(".")[0] or kept.content_hash[:16]
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_ ") else "-" for one in stem)
    return f"{plain}.{kept.format.lower()}"
