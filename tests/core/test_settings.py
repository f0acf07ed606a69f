"""Settings: which source wins, and how a wrong one is named without showing a secret."""

from pathlib import Path

import pytest

from core.settings import Settings, SettingsError, config_file, load_settings, variable

SECRET = "hunter2-do-not-show"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the machine gets in, and the home is empty."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.setenv("AVASAM_HOME", str(tmp_path))


def write(text: str) -> None:
    config_file().write_text(text, encoding="utf-8")


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings()
    assert (settings.orders_seconds, settings.stock_seconds, settings.verify_seconds) == (120, 60, 900)
    assert settings.lease_seconds == 15
    assert settings.store_directory() == tmp_path / "store"


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write('orders_seconds = 30\nstock_seconds = 20\ntiktok_app_secret = "from the file"\n')
    monkeypatch.setenv("AVASAM_STOCK_SECONDS", "10")
    settings = load_settings()
    assert (settings.orders_seconds, settings.stock_seconds) == (30, 10)
    assert settings.tiktok_app_secret.get_secret_value() == "from the file"


def test_an_empty_variable_is_none_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("INVENTORY_FILE", "ORDERS_SECONDS", "STORE_URL", "FIRST_SYNC_DAYS", "TIKTOK_API_URL"):
        monkeypatch.setenv(f"AVASAM_{name}", "")
    settings = load_settings()
    assert settings == Settings(home=settings.home)
    assert settings.inventory_file is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIKTOK_API_URL", "ftp://shop.example"),
        ("TIKTOK_AUTH_URL", "http://auth.example"),
        ("TIKTOK_CONSENT_URL", "nonsense"),
        ("API_URL", "https://"),
        ("API_URL", "https://x.example:99999"),
        ("API_URL", "https://x.example:port"),
        ("API_URL", "https://x.example:0"),
        ("API_URL", "https://exa mple.com"),
        ("API_URL", "https://x.example/\x7f"),
        ("API_URL", "http://[::1"),
        ("API_URL", "https://x.example/#part"),
        ("TIKTOK_API_URL", "https://x.example/?a=b"),
        ("ACTIVITY_DAYS", "999999999999"),
        ("ARCHIVE_DAYS", "0"),
        ("ARCHIVE_DAYS", "9" * 30),
        ("RESEND_AFTER_SECONDS", "inf"),
        ("RESEND_AFTER_SECONDS", "1e300"),
        ("CALLS_PER_SECOND", "0"),
        ("CALLS_PER_SECOND", "nan"),
        ("ORDERS_SECONDS", "soon"),
        ("ORDERS_SECONDS", "inf"),
        ("STOCK_SECONDS", "-1"),
        ("VERIFY_SECONDS", "0.5"),
        ("PRODUCTS_SECONDS", "1e300"),
        ("ORDER_OVERLAP_SECONDS", "-1"),
        ("FIRST_SYNC_DAYS", "0"),
        ("FIRST_SYNC_DAYS", "99999999"),
        ("LEASE_SECONDS", "0"),
        ("GUARD_ZERO_PERCENT", "101"),
        ("GUARD_ZERO_LEAST", "-1"),
        ("GUARD_PRICE_PERCENT", "a third"),
        ("GUARD_PRICE_MOVE_PERCENT", "-50"),
        ("GUARD_SHRINK_PERCENT", "30.5"),
    ],
)
def test_a_wrong_variable_is_named_with_its_value(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"AVASAM_{name}", value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert str(caught.value).startswith(f"AVASAM_{name}: {value!r}")


@pytest.mark.parametrize("text", ['home = ""\n', 'home = "/srv/\\u0000"\n', 'inventory_file = "a\\u0000b"\n'])
def test_a_path_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    write(text)
    file = config_file()
    monkeypatch.delenv("AVASAM_HOME")
    with pytest.raises(SettingsError, match="is not a path"):
        load_settings(file)


def test_a_consent_address_may_hold_a_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_TIKTOK_CONSENT_URL", "https://x.example/open?region=us")
    assert load_settings().tiktok_consent_url == "https://x.example/open?region=us"


def test_a_variable_that_is_no_text_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_TIKTOK_APP_SECRET", "hunter2\udcff")
    with pytest.raises(SettingsError, match="AVASAM_TIKTOK_APP_SECRET: is not text") as caught:
        load_settings()
    assert "hunter2" not in str(caught.value)


def test_a_table_that_is_not_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_KEYS", "sync=f5")
    with pytest.raises(SettingsError, match="AVASAM_KEYS: is not JSON"):
        load_settings()


def test_every_wrong_one_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_ORDERS_SECONDS", "soon")
    write("stock_seconds = 'later'\n")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    first, second = sorted(str(caught.value).splitlines())
    assert first.startswith("/")
    assert "config.toml: stock_seconds: 'later'" in first
    assert second.startswith("AVASAM_ORDERS_SECONDS: 'soon'")


@pytest.mark.parametrize("text", ["tiktok_app_secret = 42\n", "secret_key = ['hunter2-do-not-show']\n"])
def test_a_wrong_secret_is_named_and_never_shown(text: str) -> None:
    write(text)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert text.partition(" ")[0] in str(caught.value)
    assert "42" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["TIKTOK_API_URL", "STORE_URL"])
def test_a_password_in_an_address_is_refused_and_never_shown(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"AVASAM_{name}", f"https://user:{SECRET}@shop.example/")
    with pytest.raises(SettingsError) as caught:
        load_settings().store_directory()
    assert f"AVASAM_{name}" in str(caught.value)
    assert SECRET not in str(caught.value)


def test_plain_http_is_for_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_TIKTOK_API_URL", "http://127.0.0.1:8080/")
    assert load_settings().tiktok_api_url == "http://127.0.0.1:8080"
    monkeypatch.setenv("AVASAM_TIKTOK_API_URL", "http://127.0.0.1.example/")
    with pytest.raises(SettingsError, match="must be https"):
        load_settings()


def test_a_misspelt_name_in_the_file_is_corrected() -> None:
    write("order_seconds = 5\n")
    with pytest.raises(SettingsError, match="Did you mean 'orders_seconds'"):
        load_settings()


@pytest.mark.parametrize("content", [b"orders_seconds = = 5\n", b"\xff\xfe", b"keys = " + b"[" * 5_000])
def test_a_file_that_is_no_toml_is_named(content: bytes) -> None:
    config_file().write_bytes(content)
    with pytest.raises(SettingsError, match=r"config\.toml cannot be read as settings"):
        load_settings()


@pytest.mark.parametrize("url", ["postgresql://db/avasam", "tinydb://host/path", "tinydb:", "somewhere"])
def test_a_store_that_this_program_does_not_have_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AVASAM_STORE_URL", url)
    with pytest.raises(SettingsError, match="AVASAM_STORE_URL"):
        load_settings().store_directory()


def test_the_store_may_live_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_STORE_URL", "tinydb:///srv/avasam")
    assert load_settings().store_directory() == Path("/srv/avasam")


def test_what_is_missing_for_tiktok_is_named_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_TIKTOK_APP_KEY", "k")
    assert load_settings().missing_for_tiktok() == ["AVASAM_TIKTOK_APP_SECRET", "AVASAM_TIKTOK_SERVICE_ID"]


def test_secrets_do_not_show_in_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AVASAM_SECRET_KEY", SECRET)
    assert SECRET not in repr(load_settings())
