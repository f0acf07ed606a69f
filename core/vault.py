"""The Vault port: secrets at rest. Implemented by storage.vault."""

from typing import Protocol


class VaultError(Exception):
    """A secret cannot be sealed or opened; `str()` says why and what to do, never the secret."""


class Vault(Protocol):
    """Seals small secrets; a sealed text opens only under the name it was sealed with."""

    def seal(self, name: str, secret: str) -> str:
        """The ciphertext of `secret`, safe to store."""
        ...

    def unseal(self, name: str, sealed: str) -> str:
        """The secret again; raises when the key is another one or the text was changed."""
        ...
