"""What TikTok would refuse about a size chart or a certificate, told from the bytes (listing_limits.toml)."""

from enum import StrEnum
from typing import Final

from core.rules.image_header import read_header
from core.rules.listing_limits import ListingLimits

PDF: Final = "PDF"
_MEGABYTE: Final = 1024 * 1024
_PDF_WITHIN: Final = 1024
"""Readers find the mark of a PDF within so many bytes."""

Fault = tuple[str, str, str]
"""(code, what it is like: reads on from the file's name, fix)."""


class FileKind(StrEnum):
    """What a file is for; its value is what people call it."""

    SIZE_CHART = "size chart"
    CERTIFICATE = "certificate"

    @property
    def use(self) -> str:
        """TikTok's `use_case` of its upload as an image."""
        return {FileKind.SIZE_CHART: "SIZE_CHART_IMAGE"}.get(self, "CERTIFICATION_IMAGE")

    def formats(self, limits: ListingLimits) -> frozenset[str]:
        """Formats that TikTok takes for it."""
        return limits.image_formats if self is FileKind.SIZE_CHART else limits.certificate_formats

    def bytes_most(self, limits: ListingLimits) -> int:
        """How large it may be."""
        return max(limits.image_bytes_most, 0 if self is FileKind.SIZE_CHART else limits.document_bytes_most)


def format_of(content: bytes) -> str | None:
    """PNG, JPEG, PDF and so on, by the bytes and not the name; None for anything else."""
    if b"%PDF-" in content[:_PDF_WITHIN]:
        return PDF
    header = read_header(content)
    return None if header is None else header.format


def file_fault(kind: FileKind, content: bytes, limits: ListingLimits) -> Fault | None:
    """Why TikTok would not take it; None when it would."""
    code = kind.value.replace(" ", "-")
    found = format_of(content)
    formats = ", ".join(sorted(kind.formats(limits)))
    if not content:
        return f"{code}-format", "is empty", "Choose another file."
    if found is None or found not in kind.formats(limits):
        what = f"is {'of no known format' if found is None else f'a {found}'}; a {kind} must be {formats}"
        return f"{code}-format", what, "Save it in one of these formats, and choose that file."
    most = limits.document_bytes_most if found == PDF else limits.image_bytes_most
    if len(content) > most:
        what = f"has more than {most / _MEGABYTE:.0f} MB"
        return f"{code}-large", what, "Make it smaller, and choose that file."
    return None if found == PDF else _size_fault(kind, code, content, limits)


def _size_fault(kind: FileKind, code: str, content: bytes, limits: ListingLimits) -> Fault | None:
    header = read_header(content)
    if header is None or (header.width, header.height) == (0, 0):
        return None
    sides = (header.width, header.height)
    least = limits.size_chart_side_least if kind is FileKind.SIZE_CHART else limits.picture_side_least
    if min(sides) >= least and max(sides) <= limits.picture_side_most:
        return None
    what = f"is {sides[0]} x {sides[1]} pixels; its shorter side must have {least}, the longer at most "
    return f"{code}-pixels", f"{what}{limits.picture_side_most}", "Choose one of another size."
