"""Settings: a file in the config directory and the environment. Filled in with the worker."""
