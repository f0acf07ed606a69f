"""The use cases that screens and commands call."""
