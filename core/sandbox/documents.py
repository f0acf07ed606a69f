"""Labels to stick on parcels: a page of PDF or a few lines of ZPL, with what a label says."""

from core.sandbox.model import World
from core.sandbox.parcels import Parcel, find_parcel


def label(world: World, name: str) -> tuple[bytes, str] | None:
    """The document `kind/package id.pdf` (or `.zpl`) and its content type; None when there is none."""
    kind, _, file = name.partition("/")
    package_id, _, form = file.partition(".")
    if form not in {"pdf", "zpl"}:
        return None
    found = (find_parcel(shop, package_id) for shop in world.shops())
    parcel = next((one for one in found if one is not None and one.has_left and one.by_platform), None)
    if parcel is None:
        return None
    words = [kind.replace("_", " ").upper(), *_said(parcel)]
    return (_pdf(words), "application/pdf") if form == "pdf" else (_zpl(words), "text/plain")


def _said(parcel: Parcel) -> list[str]:
    first, address = parcel.lines[0], parcel.order.recipient
    return [
        f"{first.shipping_provider_name} {first.tracking_number}",
        str(address.get("name", "")),
        str(address.get("full_address", "")),
        *(f"Order {order.id}: {len(lines)}" for order, lines in parcel.parts),
    ]


def _pdf(words: list[str]) -> bytes:
    """One A6 page; what Latin-1 cannot write becomes a question mark."""
    escaped = [line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") for line in words]
    shown = " ".join(f"({line}) ' " for line in escaped)
    page = f"BT /F1 9 Tf 14 TL 18 400 Td {shown}ET".encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 298 420]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(page), page),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    trailer = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (size, table, trailer)


def _zpl(words: list[str]) -> bytes:
    plain = (line.replace("^", " ").replace("~", " ") for line in words)
    fields = (f"^FO20,{20 + 40 * place}^A0N,28^FD{line}^FS" for place, line in enumerate(plain))
    return f"^XA{''.join(fields)}^XZ".encode()
