"""Descriptions as TikTok takes them: HTML of few tags, its own images only (tiktok-shop-api §6)."""

import html
import re
from html.parser import HTMLParser
from typing import Final

from core.rules.listing_limits import ListingLimits
from core.wording import count_of

_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNCLOSED: Final = frozenset({"br", "img"})
_OPTIONAL: Final = frozenset({"p", "li"})
"""Tags that HTML lets a writer leave open."""


def as_html(text: str) -> str:
    """HTML as it stands; plain text escaped, its paragraphs and lines kept."""
    if _TAG.search(text):
        return text.strip()
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "".join(
        f"<p>{'<br>'.join(html.escape(line.strip(), quote=False) for line in part.splitlines())}</p>"
        for part in paragraphs
        if part.strip()
    )


def description_faults(text: str, limits: ListingLimits) -> list[tuple[str, str, str]]:
    """Everything wrong with a description as (code, what, fix)."""
    found: list[tuple[str, str, str]] = []
    if not text.strip():
        return [("description-missing", "The description is empty", "Write a description.")]
    if len(text) > limits.description_most:
        what = f"The description has {len(text)} characters; TikTok takes {limits.description_most}"
        found.append(("description-long", what, "Shorten it; tags count too."))
    reader = _Reader()
    reader.feed(text)
    reader.close()
    odd = sorted(reader.tags - limits.description_tags)
    if odd:
        what = f"The description uses tags that TikTok does not take: {', '.join(odd[:5])}"
        found.append(("description-tags", what, "Take these tags out; their text may stay."))
    if reader.unbalanced or reader.open:
        odd_one = (reader.unbalanced or reader.open)[0]
        what = f"The tag <{odd_one}> of the description is not opened and closed in pairs"
        found.append(("description-html", what, "Close every tag that is opened, in the reverse order."))
    if len(reader.images) > limits.description_images_most:
        count = count_of(len(reader.images), "image")
        what = f"{count} in the description; at most {limits.description_images_most}"
        found.append(("description-images", what, "Take some images out."))
    foreign = [source for source in reader.images if "tiktok" not in source and "ibyteimg" not in source]
    if foreign:
        what = "The description shows images from elsewhere; TikTok takes only its own"
        found.append(("description-foreign-images", what, "Take the <img> tags out."))
    return found


class _Reader(HTMLParser):
    """Notes the tags, what is left open, and where images come from."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.images: list[str] = []
        self.unbalanced: list[str] = []
        self._stack: list[str] = []

    @property
    def open(self) -> list[str]:
        """Tags that were never closed and had to be."""
        return [tag for tag in self._stack if tag not in _OPTIONAL]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an opening tag."""
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attrs).get("src") or "")
        if tag not in _UNCLOSED:
            self._stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself opens nothing."""
        self.tags.add(tag)
        if tag == "img":
            self.images.append(dict(attrs).get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost tag of that name; those inside it that may stay open are closed with it."""
        self.tags.add(tag)
        if tag in _UNCLOSED:
            return
        while self._stack and self._stack[-1] != tag and self._stack[-1] in _OPTIONAL:
            self._stack.pop()
        if self._stack and self._stack[-1] == tag:
            self._stack.pop()
        else:
            self.unbalanced.append(tag)
