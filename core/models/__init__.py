"""What things are: pydantic models, frozen, one file a noun."""
