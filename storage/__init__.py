"""Where documents and tokens are kept."""
