"""The merchant's inventory: Avasam's Seller API, or a file."""
