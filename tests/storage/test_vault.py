"""Tokens at rest: what is sealed opens with the right key, under the right name, or not at all."""

import base64
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vault import Vault as VaultPort
from storage.vault import Vault, VaultError

SECRET = "TTP_pwSm2AAAAABmmtFz1xlyKMnwg74T2GJ5s0uQbS8jPjb"
KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open(home=tmp_path, environ={})


def test_it_is_the_vault_that_core_asks_for(vault: Vault) -> None:
    port: VaultPort = vault
    assert port.unseal("integration/1/access", port.seal("integration/1/access", SECRET)) == SECRET


@given(name=st.text(), secret=st.text())
def test_any_secret_opens_again_under_its_name(name: str, secret: str) -> None:
    vault = Vault.open(home=Path("unused"), environ={"AVASAM_KEY": KEY})
    sealed = vault.seal(name, secret)
    assert vault.unseal(name, sealed) == secret
    assert sealed.isascii()
    if len(secret) > 3:
        assert secret not in sealed


def test_the_same_secret_is_sealed_differently_each_time(vault: Vault) -> None:
    assert vault.seal("n", SECRET) != vault.seal("n", SECRET)


def test_a_sealed_text_moved_to_another_record_does_not_open(vault: Vault) -> None:
    sealed = vault.seal("shop-a", SECRET)
    with pytest.raises(VaultError, match=r"shop-b.*another record"):
        vault.unseal("shop-b", sealed)


def test_every_changed_character_is_noticed(vault: Vault) -> None:
    sealed = vault.seal("n", SECRET)
    for place, character in enumerate(sealed):
        changed = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(VaultError) as caught:
            vault.unseal("n", changed)
        assert SECRET not in str(caught.value)


@pytest.mark.parametrize("text", ["", "v1", "v1..", "plain token", "v2.00000000.AAAA", "v1.é.ü"])
def test_text_that_was_never_sealed_is_refused(vault: Vault, text: str) -> None:
    with pytest.raises(VaultError, match="connect the account again"):
        vault.unseal("n", text)


def test_another_key_is_told_from_damage(tmp_path: Path) -> None:
    sealed = Vault.open(home=tmp_path / "one", environ={}).seal("n", SECRET)
    with pytest.raises(VaultError, match=r"another key.*former key"):
        Vault.open(home=tmp_path / "two", environ={}).unseal("n", sealed)


def test_the_key_file_is_made_once_and_private_whatever_the_umask(tmp_path: Path) -> None:
    for umask in (0, 0o077, 0o777):
        home = tmp_path / f"home-{umask}"
        home.mkdir()
        previous = os.umask(umask)
        try:
            sealed = Vault.open(home=home, environ={}).seal("n", SECRET)
        finally:
            os.umask(previous)
        assert [path.name for path in home.iterdir()] == ["key"]
        assert stat.S_IMODE((home / "key").stat().st_mode) == 0o600
        assert Vault.open(home=home, environ={}).unseal("n", sealed) == SECRET


def test_a_missing_home_is_made_private(tmp_path: Path) -> None:
    Vault.open(home=tmp_path / "new", environ={})
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_key_file_that_others_may_read_is_refused_with_the_cure(tmp_path: Path, mode: int) -> None:
    Vault.open(home=tmp_path, environ={})
    (tmp_path / "key").chmod(mode)
    with pytest.raises(VaultError, match=f"chmod 600 {re.escape(str(tmp_path / 'key'))}"):
        Vault.open(home=tmp_path, environ={})


def test_a_key_file_that_is_a_link_is_refused(tmp_path: Path) -> None:
    Vault.open(home=tmp_path / "real", environ={})
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "key").symlink_to(tmp_path / "real" / "key")
    with pytest.raises(VaultError, match="cannot be read"):
        Vault.open(home=tmp_path / "home", environ={})


@pytest.mark.parametrize("content", [b"", b"too short", b"\xff\xfe" * 30, KEY[:-4].encode(), b"A" * 2000])
def test_a_damaged_key_file_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(VaultError, match="32 bytes"):
        Vault.open(home=tmp_path, environ={})
    assert path.read_bytes() == content


def test_the_environments_key_comes_first_then_systemds_then_the_file(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "avasam-key").write_text(base64.b64encode(bytes(32)).decode() + "\n")
    from_file = Vault.open(home=tmp_path, environ={"CREDENTIALS_DIRECTORY": str(tmp_path)})
    from_systemd = Vault.open(home=tmp_path, environ={"CREDENTIALS_DIRECTORY": str(credentials)})
    everything = {"AVASAM_KEY": KEY, "CREDENTIALS_DIRECTORY": str(credentials)}
    from_environment = Vault.open(home=tmp_path, environ=everything)
    assert str(tmp_path / "key") in repr(from_file)
    assert str(credentials) in repr(from_systemd)
    assert "AVASAM_KEY" in repr(from_environment)
    sealed = from_environment.seal("n", SECRET)
    for other in (from_file, from_systemd):
        with pytest.raises(VaultError, match="another key"):
            other.unseal("n", sealed)


def test_both_base64_alphabets_are_the_same_key(tmp_path: Path) -> None:
    raw = bytes([0xFB, 0xEF, 0xFF] * 10 + [1, 2])
    standard, urlsafe = base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode().rstrip("=")
    sealed = Vault.open(home=tmp_path, environ={"AVASAM_KEY": standard}).seal("n", SECRET)
    assert Vault.open(home=tmp_path, environ={"AVASAM_KEY": f" {urlsafe}\n"}).unseal("n", sealed) == SECRET


def test_a_bad_key_in_the_environment_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="AVASAM_KEY") as caught:
        Vault.open(home=tmp_path, environ={"AVASAM_KEY": "hunter2"})
    assert "hunter2" not in str(caught.value)
    assert not (tmp_path / "key").exists()


def test_neither_repr_nor_attributes_show_the_key() -> None:
    vault = Vault.open(home=Path("unused"), environ={"AVASAM_KEY": KEY})
    shown = repr(vault) + str(vault) + "".join(str(getattr(vault, name)) for name in Vault.__slots__)
    assert KEY not in shown
    assert bytes(range(32)).hex() not in shown


def test_two_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from storage.vault import Vault\n"
        "sys.stdin.read(1)\n"
        "print(Vault.open(home=Path(sys.argv[1]), environ={}).seal('n', 'from a child'))\n"
    )
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write(b"!")
        child.stdin.flush()
    sealed = [child.communicate(timeout=90)[0].decode().strip() for child in children]
    vault = Vault.open(home=tmp_path, environ={})
    assert [vault.unseal("n", text) for text in sealed] == ["from a child"] * 4
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
