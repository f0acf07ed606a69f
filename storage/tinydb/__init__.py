"""The embedded store: TinyDB on a journal."""
