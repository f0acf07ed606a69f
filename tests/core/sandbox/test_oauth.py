"""Consent, codes and tokens as sellers and apps meet them."""

from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.core.sandbox.conftest import SEARCH_ORDERS, Caller

SHOPS = "/authorization/202309/shops"


class Form(HTMLParser):
    """The form of a page: where it goes, its hidden fields and its buttons."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.attributes: dict[str, str | None] = {}
        self.hidden: dict[str, str] = {}
        self.buttons: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.attributes = found
        if tag == "input":
            self.hidden[str(found["name"])] = str(found["value"])
        if tag == "button":
            self.buttons.append((str(found["name"]), str(found["value"])))


def sent_back(reply: httpx.Response) -> dict[str, str]:
    """What a redirect carries."""
    assert reply.status_code == 302
    return {key: values[0] for key, values in parse_qs(urlsplit(reply.headers["location"]).query).items()}


def consent_form(caller: Caller, state: str) -> Form:
    query = {"service_id": caller.sandbox.service_id, "state": state}
    page = caller.http.get("/open/authorize", params=query)
    assert page.headers["content-type"].startswith("text/html")
    return Form(page.text)


def test_a_browser_can_consent_as_any_seller(anonymous: Caller) -> None:
    form = consent_form(anonymous, "st/ate+1")
    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/open/authorize")
    sellers = [seller.open_id for seller in anonymous.sandbox.world.sellers]
    assert form.buttons == [*(("seller", open_id) for open_id in sellers), ("deny", "1")]
    reply = anonymous.http.post("/open/authorize", data={**form.hidden, "seller": sellers[1]})
    back = sent_back(reply)
    assert reply.headers["location"].startswith(f"{anonymous.sandbox.base_url}/open/redirected?")
    assert back["state"] == "st/ate+1"
    assert back["app_key"] == anonymous.sandbox.app_key
    assert back["shop_region"] == "GB"
    data = anonymous.exchange("get", auth_code=back["code"], grant_type="authorized_code").json()["data"]
    assert data["open_id"] == sellers[1]


def test_a_hostile_state_stays_text_in_the_page(anonymous: Caller) -> None:
    state = '"><script>alert(1)</script>'
    query = {"service_id": anonymous.sandbox.service_id, "state": state}
    assert "<script>" not in anonymous.http.get("/open/authorize", params=query).text
    assert consent_form(anonymous, state).hidden["state"] == state


def test_denying_sends_back_an_error_and_the_state(anonymous: Caller) -> None:
    form = consent_form(anonymous, "mine")
    back = sent_back(anonymous.http.post("/open/authorize", data={**form.hidden, "deny": "1"}))
    assert back == {"error": "access_denied", "state": "mine"}


def test_a_post_without_a_seller_and_auto_approve_the_first(anonymous: Caller) -> None:
    first = anonymous.sandbox.world.sellers[0].open_id
    query = {"service_id": anonymous.sandbox.service_id, "state": "s"}
    for reply in (
        anonymous.http.post("/open/authorize", data=query),
        anonymous.http.get("/open/authorize", params={**query, "auto": "1"}),
    ):
        code = sent_back(reply)["code"]
        data = anonymous.exchange("get", auth_code=code, grant_type="authorized_code").json()["data"]
        assert data["open_id"] == first


def test_the_page_of_the_redirect_shows_the_address_to_paste(anonymous: Caller) -> None:
    query = {"service_id": anonymous.sandbox.service_id, "state": "s", "auto": "1"}
    page = anonymous.http.get("/open/authorize", params=query, follow_redirects=True)
    assert "Paste this address into avasam" in page.text
    assert f"{anonymous.sandbox.base_url}/open/redirected?" in page.text
    assert "&amp;code=" in page.text or "?code=" in page.text


def test_an_unknown_service_or_seller_is_told_so(anonymous: Caller) -> None:
    assert anonymous.http.get("/open/authorize", params={"service_id": "1"}).status_code == 400
    query = {"service_id": anonymous.sandbox.service_id, "auto": "nobody"}
    assert anonymous.http.get("/open/authorize", params=query).status_code == 400


def test_both_lifetimes_are_instants_not_durations(anonymous: Caller) -> None:
    data = anonymous.exchange("get", auth_code=anonymous.consent(), grant_type="authorized_code").json()[
        "data"
    ]
    now = anonymous.sandbox.now()
    assert abs(data["access_token_expire_in"] - (now + 7 * 86_400)) < 5
    assert abs(data["refresh_token_expire_in"] - (now + 365 * 86_400)) < 5
    assert data["user_type"] == 0
    assert "seller.order.info" in data["granted_scopes"]


@pytest.mark.parametrize(
    ("what", "query", "code"),
    [
        ("get", {"auth_code": "x", "grant_type": "authorization_code"}, 36009004),
        ("get", {"code": "x", "grant_type": "authorized_code"}, 36004004),
        ("get", {"auth_code": "x", "grant_type": "authorized_code"}, 36004004),
        ("get", {"auth_code": "x", "grant_type": "authorized_code", "app_secret": "no"}, 36009004),
        ("refresh", {"refresh_token": "x", "grant_type": "refresh_token"}, 36004004),
        ("refresh", {"refresh_token": "x", "grant_type": "authorized_code"}, 36009004),
    ],
)
def test_a_wrong_exchange_is_refused(anonymous: Caller, what: str, query: dict[str, str], code: int) -> None:
    envelope = anonymous.exchange(what, **query).json()
    assert (envelope["code"], envelope["data"]) == (code, None)


def test_a_code_works_once_and_for_thirty_minutes(anonymous: Caller) -> None:
    code = anonymous.consent()
    assert anonymous.exchange("get", auth_code=code, grant_type="authorized_code").json()["code"] == 0
    assert anonymous.exchange("get", auth_code=code, grant_type="authorized_code").json()["code"] == 36004004
    late = anonymous.consent()
    anonymous.control("POST", "/clock", {"advance": 1800})
    assert anonymous.exchange("get", auth_code=late, grant_type="authorized_code").json()["code"] == 36004004


def test_refreshing_rotates_the_refresh_token(caller: Caller) -> None:
    old = caller.refresh_token
    fresh = caller.exchange("refresh", refresh_token=old, grant_type="refresh_token").json()["data"]
    assert fresh["refresh_token"] != old
    again = caller.exchange("refresh", refresh_token=old, grant_type="refresh_token").json()
    assert again["code"] == 36004004
    caller.token = fresh["access_token"]
    assert caller.data("GET", SHOPS, cipher=False)["shops"]
    newest = caller.exchange("refresh", refresh_token=fresh["refresh_token"], grant_type="refresh_token")
    assert newest.json()["code"] == 0


def test_a_rotated_refresh_token_lives_on_for_the_grace_that_was_set(caller: Caller) -> None:
    caller.control("POST", "/settings", {"refresh_grace": 60})
    old = {"refresh_token": caller.refresh_token, "grant_type": "refresh_token"}
    assert [caller.exchange("refresh", **old).json()["code"] for _ in range(2)] == [0, 0]
    caller.control("POST", "/clock", {"advance": 61})
    assert caller.exchange("refresh", **old).json()["code"] == 36004004
    caller.control("POST", "/settings", {"refresh_grace": 0})


def test_an_access_token_lives_as_long_as_the_setting_says(anonymous: Caller) -> None:
    anonymous.control("POST", "/settings", {"access_token_lifetime": 30})
    anonymous.connect()
    anonymous.control("POST", "/settings", {"access_token_lifetime": 7 * 86_400})
    assert anonymous.call("GET", SHOPS, cipher=False)["code"] == 0
    anonymous.control("POST", "/clock", {"advance": 31})
    assert anonymous.call("GET", SHOPS, cipher=False)["code"] == 105002
    query = {"refresh_token": anonymous.refresh_token, "grant_type": "refresh_token"}
    anonymous.token = anonymous.exchange("refresh", **query).json()["data"]["access_token"]
    assert anonymous.call("GET", SHOPS, cipher=False)["code"] == 0


def test_a_revoked_consent_refuses_calls_and_refreshes_of_that_seller_alone(anonymous: Caller) -> None:
    other = Caller(anonymous.http, anonymous.sandbox).connect(1)
    anonymous.connect(0)
    open_id = anonymous.sandbox.world.sellers[0].open_id
    assert anonymous.control("POST", "/revoke", {"open_id": open_id})["revoked"] >= 2
    envelope = anonymous.call("POST", SEARCH_ORDERS, {}, page_size=1)
    assert envelope["code"] == 36009004
    assert "'x-tts-access-token'" in envelope["message"]
    query = {"refresh_token": anonymous.refresh_token, "grant_type": "refresh_token"}
    assert anonymous.exchange("refresh", **query).json()["code"] == 36004004
    assert other.call("GET", SHOPS, cipher=False)["code"] == 0


def test_an_expired_refresh_token_is_refused(caller: Caller) -> None:
    caller.control("POST", "/expire", {"refresh": True})
    query = {"refresh_token": caller.refresh_token, "grant_type": "refresh_token"}
    assert caller.exchange("refresh", **query).json()["code"] == 36004004


def test_one_consent_covers_the_shops_of_its_seller(anonymous: Caller) -> None:
    for place, seller in enumerate(anonymous.sandbox.world.sellers):
        anonymous.connect(place)
        shops = anonymous.data("GET", SHOPS, cipher=False)["shops"]
        assert [shop["id"] for shop in shops] == [shop.id for shop in seller.shops]
        assert shops[0]["cipher"] == seller.shops[0].cipher
