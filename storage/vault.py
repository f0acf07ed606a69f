"""The vault: small secrets, sealed with AES-256-GCM under the name of the record that they belong to.

The key comes from $AVASAM_KEY, else from systemd ($CREDENTIALS_DIRECTORY/avasam-key), else from a file in
the program's home, made on first use. A sealed text is `v1.<key id>.<nonce and ciphertext>`, base64url.
"""

import base64
import binascii
import hashlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.disk import sync_directory
from core.vault import VaultError

KEY_FILE = "key"
_CREDENTIAL = "avasam-key"
_VERSION = "v1"
_KEY_BYTES = 32
_NONCE_BYTES = 12

__all__ = ["Vault", "VaultError"]


class Vault:
    """Seals secrets; a sealed text opens only under the name it was sealed with (core.vault)."""

    __slots__ = ("_cipher", "_key_id", "_source")

    def __init__(self, key: bytes, source: str) -> None:
        self._cipher = AESGCM(key)
        self._key_id = hashlib.sha256(b"avasam key id" + key).hexdigest()[:8]
        self._source = source

    @classmethod
    def open(cls, *, home: Path, environ: Mapping[str, str]) -> Self:
        """The vault of this installation; VaultError when its key is unusable or open to other users."""
        if text := environ.get("AVASAM_KEY"):
            return cls(_parsed(text, "$AVASAM_KEY"), "$AVASAM_KEY")
        if directory := environ.get("CREDENTIALS_DIRECTORY"):
            credential = Path(directory) / _CREDENTIAL
            if credential.exists():
                return cls(_parsed(_read(credential), str(credential)), str(credential))
        path = home / KEY_FILE
        _make_key_file(path)
        return cls(_parsed(_read_private(path), str(path)), str(path))

    def seal(self, name: str, secret: str) -> str:
        """The ciphertext of `secret`, safe to store; another one each time."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, _bytes(secret), _bytes(name))
        return f"{_VERSION}.{self._key_id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def unseal(self, name: str, sealed: str) -> str:
        """The secret again; VaultError when the key or the name is another one or the text was changed."""
        version, _, rest = sealed.partition(".")
        key_id, _, text = rest.partition(".")
        if version != _VERSION or not text:
            raise VaultError(f"'{name}' was not sealed by this program. {_CONNECT_AGAIN}")
        if key_id != self._key_id:
            raise VaultError(
                f"'{name}' was sealed with another key than the one from {self._source}. "
                "Put the former key back, or connect the account again."
            )
        try:
            data = base64.b64decode(text, altchars=b"-_", validate=True)
            return self._cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _bytes(name)).decode()
        except (InvalidTag, ValueError):
            raise VaultError(
                f"'{name}' was damaged, or belongs to another record. {_CONNECT_AGAIN}"
            ) from None

    def __repr__(self) -> str:
        return f"<Vault with the key from {self._source}>"


_CONNECT_AGAIN = "Restore it from a backup, or connect the account again."


def _bytes(text: str) -> bytes:
    """Text as bytes; a name or secret from outside may hold a lone surrogate."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise VaultError("a name or secret holds text that is not valid Unicode. Enter it again.") from None


def _parsed(text: str, source: str) -> bytes:
    """The 32 bytes of a key written in base64, either alphabet."""
    plain = text.strip().replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise VaultError(
            f"the key from {source} is not {_KEY_BYTES} bytes in base64. "
            "Put the right key there; `openssl rand -base64 32` makes a new one."
        )
    return key


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise VaultError(f"the key file {path} cannot be read: {_reason(error)}.") from None


def _read_private(path: Path) -> str:
    """The content of a key file that nobody else may read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            content = os.read(descriptor, 1024)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise VaultError(f"the key file {path} cannot be read: {_reason(error)}.") from None
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise VaultError(
            f"the key file {path} is open to other users of this machine. "
            f"Run `chmod 600 {path}`; if they may have read it, connect the accounts again with a new key."
        )
    return content.decode("ascii", "replace")


def _make_key_file(path: Path) -> None:
    """Make a key file when there is none: complete and durable before it has its name, and never replaced."""
    if path.is_symlink() or path.exists():
        return
    draft = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            _write_private(draft, base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)) + b"\n")
            _link(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise VaultError(f"the key file {path} cannot be made: {_reason(error)}.") from None


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _link(draft: Path, path: Path) -> None:
    """Give the draft its name unless another process was first; then sync the directory."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return
    sync_directory(path.parent)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
