"""A shop on a real socket, shared by a module's tests, and a program of its own for each."""

from tests.core.services.listing_fixtures import merchant, world

__all__ = ["merchant", "world"]
