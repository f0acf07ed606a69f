"""What the work on listings is handed."""

from dataclasses import dataclass, field

from core.channel.listings import Categories, Listings
from core.channel.port import Channel
from core.clock import Clock
from core.inventory.chosen_files import FileSource, LocalFiles
from core.inventory.images import ImageSource
from core.models.integration import Integration
from core.settings import Settings
from core.store import Lease, Store
from core.sync.context import SyncContext


@dataclass(frozen=True, slots=True)
class ListingTools:
    """What listing takes beside the channel itself."""

    listings: Listings
    categories: Categories
    images: ImageSource
    files: FileSource = field(default_factory=LocalFiles)


@dataclass(frozen=True, slots=True)
class ListingContext:
    """One integration under a lease, which fences every write."""

    store: Store
    clock: Clock
    settings: Settings
    channel: Channel
    tools: ListingTools
    integration: Integration
    lease: Lease
    job_id: str = ""
    asked_by: str = ""

    def pushing(self) -> SyncContext:
        """The same, for a push of stock and prices."""
        return SyncContext(
            store=self.store,
            clock=self.clock,
            channel=self.channel,
            integration=self.integration,
            lease=self.lease,
            settings=self.settings,
        )


class QuotaReached(Exception):
    """The shop's daily listing quota is used up: the rest waits for tomorrow."""
