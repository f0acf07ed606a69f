"""Looks at the files chosen for a listing and hands them to TikTok, the same bytes to one shop only once."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Final

from core.channel.errors import DataRefused
from core.channel.listings import Certificate, FileRef, SizeChartRef
from core.inventory.chosen_files import FileFault, FileSource, read_kept
from core.models.category import ChosenCertificate, KeptFile, SizeChart
from core.rules.candidate import Candidate
from core.rules.listing_files import PDF, Fault, FileKind, file_fault
from core.rules.listing_limits import ListingLimits
from core.sync.listing_candidate import Documents
from core.sync.listing_context import ListingContext
from core.sync.listing_uploads import Uploads
from core.text import clean_line

_NAME: Final = 80


class FileLooks:
    """What is wrong with chosen files; one that many rows share is read once."""

    def __init__(self, source: FileSource, limits: ListingLimits) -> None:
        self._source = source
        self._limits = limits
        self._known: dict[tuple[FileKind, KeptFile], Fault | None] = {}

    async def look(self, candidate: Candidate) -> Candidate:
        """The candidate with what is wrong with its files."""
        return replace(candidate, files=await self.faults(candidate.size_chart, candidate.certificates))

    async def faults(
        self, size_chart: SizeChart | None, certificates: Iterable[ChosenCertificate]
    ) -> dict[KeptFile, Fault | None]:
        """What is wrong with each of these files."""
        chart = size_chart.file if size_chart is not None else None
        kinds = {} if chart is None else {chart: FileKind.SIZE_CHART}
        for kept in (kept for one in certificates for kept in one.files):
            kinds.setdefault(kept, FileKind.CERTIFICATE)
        for kept, kind in kinds.items():
            if (kind, kept) not in self._known:
                self._known[kind, kept] = await self._fault(kind, kept)
        return {kept: self._known[kind, kept] for kept, kind in kinds.items()}

    async def read(self, kind: FileKind, kept: KeptFile) -> bytes:
        """The bytes that were chosen. Raises FileFault."""
        return await read_kept(self._source, kept, most=kind.bytes_most(self._limits))

    async def _fault(self, kind: FileKind, kept: KeptFile) -> Fault | None:
        try:
            return file_fault(kind, await self.read(kind, kept), self._limits)
        except FileFault as fault:
            code = f"{kind.value.replace(' ', '-')}-file"
            return code, str(fault), "Put the file back as it was, or choose it anew."


class Files:
    """The files of one job."""

    def __init__(self, ctx: ListingContext, limits: ListingLimits, uploads: Uploads) -> None:
        self._tools = ctx.tools
        self._looks = FileLooks(ctx.tools.files, limits)
        self._uploads = uploads

    async def look(self, candidate: Candidate) -> Candidate:
        """The candidate with what is wrong with its files."""
        return await self._looks.look(candidate)

    async def upload(self, candidate: Candidate) -> Documents:
        """What a draft names. Raises the ChannelError of a refused upload, or of a file that just changed."""
        chart = candidate.size_chart
        ref = None
        if chart is not None and chart.file is not None:
            ref = SizeChartRef(image_uri=await self._image(chart.file, FileKind.SIZE_CHART))
        elif chart is not None:
            ref = SizeChartRef(template_id=chart.template_id)
        return Documents(ref, [await self._certificate(one) for one in candidate.certificates])

    async def _certificate(self, one: ChosenCertificate) -> Certificate:
        papers = [kept for kept in one.files if kept.format == PDF]
        pictures = [kept for kept in one.files if kept.format != PDF]
        ends = one.expires_on
        return Certificate(
            id=one.id,
            image_uris=[await self._image(kept, FileKind.CERTIFICATE) for kept in pictures],
            files=[await self._file(kept) for kept in papers],
            expires_at=None if ends is None else int(datetime.combine(ends, time(), UTC).timestamp()),
        )

    async def _image(self, kept: KeptFile, kind: FileKind) -> str:
        async def send(content: bytes) -> str:
            made = await self._tools.listings.upload_image(_file_name(kept), content, use=kind.use)
            return made.uri

        return await self._once(f"{kind.use}-{kept.content_hash}", kind, kept, send)

    async def _file(self, kept: KeptFile) -> FileRef:
        async def send(content: bytes) -> str:
            return (await self._tools.listings.upload_file(_file_name(kept), content)).id

        made = await self._once(f"FILE-{kept.content_hash}", FileKind.CERTIFICATE, kept, send)
        return FileRef(made, _file_name(kept), kept.format)

    async def _read(self, kind: FileKind, kept: KeptFile) -> bytes:
        try:
            return await self._looks.read(kind, kept)
        except FileFault as fault:
            raise DataRefused(f"{kept.path} {fault}", area="product") from None

    async def _once(
        self, name: str, kind: FileKind, kept: KeptFile, send: Callable[[bytes], Awaitable[str]]
    ) -> str:
        """The uri or id of what was handed over before, else of what is handed over now."""

        async def read_and_send() -> str:
            return await send(await self._read(kind, kept))

        return await self._uploads.once(name, kept.content_hash, read_and_send)


def _file_name(kept: KeptFile) -> str:
    """A name that says what the bytes are, whatever the file on disk is called."""
    stem = clean_line(kept.name, _NAME).rpartition(".")[0] or kept.content_hash[:16]
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "-_ ") else "-" for one in stem)
    return f"{plain}.{kept.format.lower()}"
