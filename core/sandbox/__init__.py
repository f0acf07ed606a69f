"""A local TikTok Shop and Avasam that speak the same wire as the real ones, and can be told to fail.

Built from the published contract alone: nothing here imports the client that it tests.
"""
