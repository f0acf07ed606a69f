"""What every Store promises, as tests: an implementation subclasses StoreConformance and says how to open it.

It overrides the fixture `opener`, which opens the same store again each time it is called, as another
process would, with the `clock` of the test.
"""

from tests.storage.promises.changes import ChangePromises
from tests.storage.promises.documents import DocumentPromises
from tests.storage.promises.leases import LeasePromises
from tests.storage.promises.opened import MovableClock, Opener
from tests.storage.promises.queries import QueryPromises
from tests.storage.promises.transactions import TransactionPromises

__all__ = ["MovableClock", "Opener", "StoreConformance"]


class StoreConformance(DocumentPromises, TransactionPromises, QueryPromises, ChangePromises, LeasePromises):
    """All promises of the port."""
