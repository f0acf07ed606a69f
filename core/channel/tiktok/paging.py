"""Reading page after page of one search, without being led round in circles."""

from collections.abc import AsyncGenerator, Mapping
from typing import Final, TypeVar

from core.channel.errors import UnreadableReply
from core.channel.tiktok.client import TikTokClient
from core.channel.tiktok.operations import Operation
from core.channel.tiktok.wire import Body, Page

_MOST_EMPTY: Final = 3

P = TypeVar("P", bound=Page)


async def pages(
    client: TikTokClient,
    operation: Operation,
    reply: type[P],
    *,
    query: Mapping[str, str],
    body: Body | None = None,
) -> AsyncGenerator[P, None]:
    """Every page of a search. The filters stay the same throughout, so that the pages belong together (§8).

    Raises UnreadableReply when a page token comes twice or several pages in a row are empty: both would
    make us read for ever. Likewise when rows are counted and none is sent: nothing may be taken for gone,
    and no window for read.
    """
    seen: set[str] = set()
    empty, bare = 0, True
    asked = dict(query)
    while True:
        page = await client.call(operation, reply, query=asked, body=body)
        yield page
        token = page.next_page_token
        bare = bare and page.is_empty
        if not token:
            if bare and page.total_count > 0:
                raise UnreadableReply(f"TikTok counts {page.total_count} rows and sends none")
            return
        if token in seen:
            raise UnreadableReply("TikTok's pages repeat themselves: the same page token came twice")
        empty = empty + 1 if page.is_empty else 0
        if empty > _MOST_EMPTY:
            raise UnreadableReply("TikTok's pages do not end: several in a row are empty")
        seen.add(token)
        asked["page_token"] = token
