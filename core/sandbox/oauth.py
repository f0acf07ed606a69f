"""The seller's consent and the exchange of codes and refresh tokens (tiktok-shop-api §2)."""

from html import escape
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.sandbox.calls import Incoming
from core.sandbox.model import Seller
from core.sandbox.runtime import Sandbox
from core.sandbox.wire import Refusal, Reply, refused, success

AUTHORIZE, REDIRECTED = "/open/authorize", "/open/redirected"
TOKEN_GET, TOKEN_REFRESH = "/api/v2/token/get", "/api/v2/token/refresh"
PATHS = frozenset({AUTHORIZE, REDIRECTED, TOKEN_GET, TOKEN_REFRESH})
LOCALES = {"GB": "en-GB", "US": "en-US"}
STYLE = "body{font:16px sans-serif;max-width:40em;margin:3em auto}button{margin:.5em 0;padding:.6em 1em}"


def answer(sandbox: Sandbox, request: Incoming) -> Reply:
    """The reply to any of this module's paths."""
    if request.path in {TOKEN_GET, TOKEN_REFRESH}:
        return _token(sandbox, request)
    if request.path == REDIRECTED:
        return _redirected(sandbox, request)
    return _authorize(sandbox, request)


def _token(sandbox: Sandbox, request: Incoming) -> Reply:
    try:
        if request.method != "GET":
            raise Refusal(36009010, f"Invalid method. '{request.method}' is not supported here", status=405)
        data = _exchange(sandbox, request)
    except Refusal as refusal:
        return refused(refusal, sandbox.request_id())
    sandbox.revision += 1
    return success(data, sandbox.request_id())


def _exchange(sandbox: Sandbox, request: Incoming) -> dict[str, object]:
    if request.first("app_key") != sandbox.app_key:
        raise Refusal(36009004, "Invalid credentials. Invalid 'app_key' query parameter", status=400)
    if request.first("app_secret") != sandbox.app_secret:
        raise Refusal(36009004, "Invalid credentials. Invalid 'app_secret' query parameter", status=400)
    refreshing = request.path == TOKEN_REFRESH
    expected = "refresh_token" if refreshing else "authorized_code"
    if request.first("grant_type") != expected:
        raise Refusal(36009004, f"Invalid 'grant_type' query parameter. It must be '{expected}'", status=400)
    now, settings, consents = sandbox.now(), sandbox.settings, sandbox.consents
    if refreshing:
        open_id, pair, scopes = consents.rotate(request.first("refresh_token") or "", settings, now)
    else:
        open_id = consents.spend_code(request.first("auth_code") or "", now)
        scopes = list(settings.scopes)
        pair = consents.issue_pair(open_id, scopes, settings, now)
    seller = sandbox.seller(open_id)
    if seller is None:
        raise Refusal(36004004, "The seller of this authorization is gone")
    return {
        **pair,
        "open_id": open_id,
        "seller_name": seller.name,
        "seller_base_region": seller.region,
        "user_type": 0,
        "granted_scopes": scopes,
    }


def _authorize(sandbox: Sandbox, request: Incoming) -> Reply:
    form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
    given = {**dict(request.query), **form}
    if given.get("service_id") != sandbox.service_id:
        return _page(400, "Unknown app", "<p>No app has this <code>service_id</code>.</p>")
    state = given.get("state", "")
    if request.method == "POST":
        if "deny" in given:
            return _send_back(sandbox, {"error": "access_denied", "state": state})
        return _consent(sandbox, given.get("seller"), state)
    if given.get("auto"):
        return _consent(sandbox, None if given["auto"] == "1" else given["auto"], state)
    buttons = "".join(
        f'<p><button type="submit" name="seller" value="{escape(seller.open_id)}">'
        f"Authorise {escape(seller.name)} ({escape(seller.region)})</button></p>"
        for seller in sandbox.world.sellers
    )
    return _page(
        200,
        "Authorise this app",
        "<p>The app asks to read orders and products and to change products, stock and prices of:</p>"
        f'<form method="post" action="{AUTHORIZE}">'
        f'<input type="hidden" name="service_id" value="{escape(sandbox.service_id)}">'
        f'<input type="hidden" name="state" value="{escape(state)}">{buttons}'
        '<p><button type="submit" name="deny" value="1">Deny</button></p></form>',
    )


def _consent(sandbox: Sandbox, open_id: str | None, state: str) -> Reply:
    seller: Seller | None = sandbox.world.sellers[0] if open_id is None else sandbox.seller(open_id)
    if seller is None:
        return _page(400, "Unknown seller", "<p>No seller has this id.</p>")
    code = sandbox.consents.issue_code(seller, sandbox.settings, sandbox.now())
    sandbox.revision += 1
    return _send_back(
        sandbox,
        {
            "app_key": sandbox.app_key,
            "code": code,
            "locale": LOCALES.get(seller.region, "en-GB"),
            "shop_region": seller.region,
            "state": state,
        },
    )


def _send_back(sandbox: Sandbox, query: dict[str, str]) -> Reply:
    target = sandbox.redirect_url or f"{sandbox.base_url}{REDIRECTED}"
    glue = "&" if urlsplit(target).query else "?"
    return Reply(302, b"", {"location": f"{target}{glue}{urlencode(query)}"})


def _redirected(sandbox: Sandbox, request: Incoming) -> Reply:
    address = f"{sandbox.base_url}{REDIRECTED}?{urlencode(request.query)}"
    return _page(
        200,
        "Paste this address into avasam",
        f'<p><textarea rows="6" cols="70" readonly>{escape(address)}</textarea></p>',
    )


def _page(status: int, title: str, content: str) -> Reply:
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>{content}</body></html>"
    )
    return Reply(status, page.encode(), {"content-type": "text/html; charset=utf-8"})
