"""TikTok Shop: signing, authorisation, client, wire models, errors, adapter."""
