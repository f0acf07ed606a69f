"""An edit of a draft as every way of editing records it: who changed which field, from what to what."""

from collections.abc import Mapping

from core.models.listing import Listing
from core.services.editing import stamp


def edited(before: Listing, changes: Mapping[str, object], by: str) -> Listing:
    """The draft with these fields; the same object when nothing is another one than before.

    Whoever has the row open meanwhile is told of it when he saves (core.services.editing).
    """
    after = before.model_copy(update=dict(changes))
    if after == before:
        return before
    row = after.to_document()
    told = {name: value for name, value in row.items() if name in changes}
    return Listing.from_document({**row, **stamp(before.to_document(), told, by)})
