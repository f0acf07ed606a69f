"""What the command line says to wrong settings and wrong input (A5, A8, A53).

Acceptance lines: A7, A11.
"""

from pathlib import Path

import pytest

from core import tables
from tests.journeys.world import Home, Ran, SandboxProcess, code_in

SECRET = "hunter2-do-not-show"


@pytest.fixture
def home(tmp_path: Path, sandbox: SandboxProcess) -> Home:
    return Home(tmp_path / "home", sandbox)


@pytest.fixture(scope="module")
def connected(tmp_path_factory: pytest.TempPathFactory, sandbox: SandboxProcess) -> Home:
    made = Home(tmp_path_factory.mktemp("connected"), sandbox)
    made.connect()
    return made


def refused(done: Ran, code: int, *words: str) -> None:
    assert done.code == code, done.err
    for word in words:
        assert word in done.err
    assert "Traceback" not in done.err


def rows(home: Home) -> int:
    return len(home.dump(tables.INTEGRATIONS)[tables.INTEGRATIONS])


def test_every_wrong_variable_is_named_with_its_problem_and_no_secret_is_shown(home: Home) -> None:
    home.settings = {
        "TIKTOK_API_URL": "http://shop.example",
        "TIKTOK_AUTH_URL": "nonsense",
        "TIKTOK_CONSENT_URL": f"https://me:{SECRET}@consent.example",
        "API_URL": "ftp://avasam.example",
        "CALLS_PER_SECOND": "0",
        "ORDERS_SECONDS": "soon",
        "STOCK_SECONDS": "0",
        "VERIFY_SECONDS": "-1",
        "PRODUCTS_SECONDS": "inf",
        "ORDER_OVERLAP_SECONDS": "-1",
        "FIRST_SYNC_DAYS": "0",
        "LEASE_SECONDS": "0",
        "GUARD_ZERO_PERCENT": "101",
        "GUARD_SHRINK_PERCENT": "half",
        "TIKTOK_APP_SECRET": SECRET,
        "SECRET_KEY": SECRET,
    }
    done = home.run("integrations", "list")
    wrong = [name for name in home.settings if name not in {"TIKTOK_APP_SECRET", "SECRET_KEY"}]
    refused(done, 5, *(f"AVASAM_{name}:" for name in wrong))
    assert SECRET not in done.err + done.out


@pytest.mark.parametrize(
    ("variable", "value", "word"),
    [
        ("STORE_URL", f"postgresql://me:{SECRET}@db/avasam", "postgresql"),
        ("KEY", SECRET, "base64"),
        ("HOME", "/proc/home", "cannot be the program's directory"),
        ("KEYS", SECRET, "AVASAM_KEYS"),
    ],
)
def test_what_only_shows_when_it_is_used_is_named_too(
    home: Home, variable: str, value: str, word: str
) -> None:
    home.settings = {variable: value}
    done = home.run("integrations", "list")
    refused(done, 5, f"AVASAM_{variable}", word)
    assert SECRET not in done.err + done.out


def test_whoever_looks_into_an_empty_store_is_told_which_it_is(home: Home) -> None:
    """Forgotten --sandbox or another AVASAM_HOME look like lost orders otherwise."""
    done = home.run("orders", "list")
    assert (done.code, done.out) == (0, "No order. They arrive with the next sync: avasam sync orders\n")
    assert f"No shop is connected in {home.directory}" in done.err
    assert home.run("orders", "list", "--json").err == ""


def test_a_program_gets_the_error_as_json(home: Home) -> None:
    home.settings = {"ORDERS_SECONDS": "soon"}
    done = home.run("integrations", "list", "--json")
    assert done.code == 5
    assert done.json["error"]["code"] == "settings"


def test_without_credentials_nobody_can_connect_and_the_variables_are_named(home: Home) -> None:
    home.settings = {"TIKTOK_APP_KEY": "", "TIKTOK_APP_SECRET": ""}
    refused(
        home.run("integrations", "add", "Main", "--code", "x"),
        1,
        "AVASAM_TIKTOK_APP_KEY",
        "AVASAM_TIKTOK_APP_SECRET",
    )


def test_wrong_credentials_are_refused_without_showing_them(home: Home, sandbox: SandboxProcess) -> None:
    home.settings = {"TIKTOK_APP_SECRET": SECRET}
    done = home.run("integrations", "add", "Main", "--code", code_in(sandbox.consent()))
    refused(done, 1, "TikTok")
    assert SECRET not in done.err + done.out
    assert rows(home) == 0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ROW_never-issued", ("did not accept",)),
        ("https://example.org/?code=ROW_x&state=never-begun", ("belongs to no authorisation",)),
    ],
)
def test_A8_a_bad_reply_gives_a_readable_error_and_no_row(
    home: Home, code: str, words: tuple[str, ...]
) -> None:
    refused(home.run("integrations", "add", "Main", "--code", code), 1, *words)
    assert rows(home) == 0


def test_A8_a_denial_a_replayed_redirect_and_a_spent_code_are_refused(
    home: Home, sandbox: SandboxProcess
) -> None:
    begun = home.run("integrations", "begin", "Main", "--json").json
    denied = f"https://example.org/?error=access_denied&state={begun['state']}"
    refused(home.run("integrations", "add", "Main", "--code", denied), 1, "did not give consent")
    begun = home.run("integrations", "begin", "Main", "--json").json
    redirect = sandbox.consent(address=begun["address"])
    assert home.run("integrations", "add", "Main", "--code", redirect).code == 0
    refused(home.run("integrations", "add", "Again", "--code", redirect), 1, "used before")
    refused(home.run("integrations", "add", "Again", "--code", code_in(redirect)), 1, "did not accept")
    assert rows(home) == 1


def test_A7_the_address_is_printed_and_what_is_pasted_back_connects(
    home: Home, sandbox: SandboxProcess
) -> None:
    done = home.run("integrations", "add", "Main", given=sandbox.consent() + "\n")
    refused(done, 1, sandbox.addresses["consent_url"], "another authorisation")
    assert rows(home) == 0
    done = home.run("integrations", "add", "Main", given=code_in(sandbox.consent()) + "\n")
    assert done.code == 0, done.err
    assert rows(home) == 1


@pytest.mark.parametrize(("name", "words"), [("main", "already"), ("  ", "empty")])
def test_A5_an_empty_or_taken_name_is_refused(connected: Home, name: str, words: str) -> None:
    refused(connected.run("integrations", "begin", name), 1, words)
    assert rows(connected) == 1


def test_an_integration_that_is_not_there_is_named_with_those_that_are(connected: Home) -> None:
    refused(connected.run("sync", "orders", "--integration", "Mian"), 2, "'Mian'", "'Main'")


def test_an_order_state_that_does_not_exist_is_named_with_those_that_do(connected: Home) -> None:
    refused(connected.run("orders", "list", "--state", "lost"), 2, "'lost'", "non_avasam")


def test_A11_a_disabled_integration_is_not_synced_by_name_either(connected: Home) -> None:
    assert connected.run("integrations", "disable", "Main").code == 0
    refused(connected.run("sync", "orders", "-i", "Main"), 1, "disabled")
    assert connected.integrations()["Main"]["enabled"] is False
    assert connected.run("integrations", "enable", "Main").code == 0


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (None, 1, "cannot"),
        (b"colour,size\nred,1\n", 1, "sku"),
        (b"SKU,Title,Stock\nA1,Mug,3\n,No SKU,4\nA3,Cup,many\n", 1, "row 3"),
    ],
)
def test_a_bad_inventory_file_is_refused_row_by_row_or_whole(
    connected: Home, tmp_path: Path, content: bytes | None, code: int, words: str
) -> None:
    file = tmp_path / "goods.csv"
    if content is not None:
        file.write_bytes(content)
    refused(connected.run("products", "import", str(file)), code, words)
    assert connected.dump(tables.PRODUCTS)[tables.PRODUCTS].keys() <= {"A1"}
