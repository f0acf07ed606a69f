"""The Listing Manager: its grid, the cell editor, and what its keys open."""
