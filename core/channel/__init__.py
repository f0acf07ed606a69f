"""The way to a sales channel: the port, and TikTok Shop behind it."""
