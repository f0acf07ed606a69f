"""The sandbox takes size charts and certificates as the contract writes them, and refuses what lacks them."""

from typing import Any

import pytest

from tests.core.sandbox.conftest import Caller
from tests.core.sandbox.listings import CREATE, a_listing, png, read

UPLOAD, FILES = "/product/202309/images/upload", "/product/202309/files/upload"


def leaf_where(caller: Caller, **rule: bool) -> dict[str, Any]:
    (name, wanted) = next(iter(rule.items()))
    return next(
        node
        for node in caller.sandbox.world.categories
        if node["is_leaf"] and bool(node["rules"][name].get("is_required")) is wanted
    )


def picture(caller: Caller, use: str, width: int, height: int) -> dict[str, Any]:
    return caller.upload(UPLOAD, {"data": ("a.png", png(width, height))}, {"use_case": use})


def refused(caller: Caller, body: dict[str, Any]) -> tuple[int, str]:
    reply = caller.call("POST", CREATE, body)
    return reply["code"], reply["message"]


def test_a_size_chart_is_asked_for_has_1024_pixels_and_is_shown_again(caller: Caller) -> None:
    node = leaf_where(caller, size_chart=True)
    attributes = [
        {"id": "100149", "values": [{"id": "1000851"}]},
        {"id": "100701", "values": [{"name": "Silk"}]},
    ]
    body = a_listing(caller, category_id=node["id"], product_attributes=attributes)
    assert refused(caller, body)[0] == 12052128
    assert picture(caller, "SIZE_CHART_IMAGE", 1023, 2000)["code"] == 12038014
    main = picture(caller, "MAIN_IMAGE", 1200, 1200)["data"]["uri"]
    assert refused(caller, {**body, "size_chart": {"image": {"uri": main}}})[0] == 12052722, "another use"
    chart = picture(caller, "SIZE_CHART_IMAGE", 1024, 2000)["data"]["uri"]
    made = caller.data("POST", CREATE, {**body, "size_chart": {"image": {"uri": chart}}})
    assert read(caller, made["product_id"])["size_chart"]["image"]["uri"] == chart
    template = caller.data("POST", CREATE, {**body, "size_chart": {"template": {"id": "88"}}})
    assert read(caller, template["product_id"])["size_chart"] == {"template": {"id": "88"}}


def test_documents_and_who_made_it_are_asked_for_and_shown_again(caller: Caller) -> None:
    node = leaf_where(caller, manufacturer=True)
    (rule,) = node["rules"]["product_certifications"]
    who = {"manufacturer_ids": ["5"], "responsible_person_ids": ["6"]}
    body = a_listing(caller, category_id=node["id"])
    assert refused(caller, {**body, **who})[0] == 12052105
    assert (
        "neither image nor file"
        in refused(caller, {**body, **who, "certifications": [{"id": rule["id"]}]})[1]
    )
    assert refused(caller, {**body, **who, "certifications": [{"id": "1"}]})[0] == 12052105
    unknown = [{"id": rule["id"], "files": ["v404"]}]
    assert refused(caller, {**body, **who, "certifications": unknown})[0] == 12038002
    file = caller.upload(FILES, {"data": ("en71.pdf", b"%PDF-1.7")}, {"name": "en71.pdf"})["data"]
    paper = [{"id": rule["id"], "files": [file["id"]], "expiration_date": 1_806_451_200}]
    assert "manufacturer is missing" in refused(caller, {**body, "certifications": paper})[1]
    made = caller.data("POST", CREATE, {**body, **who, "certifications": paper})
    (shown,) = read(caller, made["product_id"])["certifications"]
    assert (shown["id"], shown["title"]) == (rule["id"], rule["name"])
    assert shown["files"] == [{"id": file["id"], "urls": [], "name": "en71.pdf", "format": "PDF"}]
    state = caller.http.get("/control/state").json()
    kept = next(shop["products"][made["product_id"]] for shop in state["shops"].values()
                if made["product_id"] in shop["products"])  # fmt: skip
    assert kept["certifications"] == paper


@pytest.mark.parametrize("content", [b"not a pdf", b"\x89PNG"])
def test_a_file_that_is_not_what_its_name_says_is_refused(caller: Caller, content: bytes) -> None:
    assert caller.upload(FILES, {"data": ("a.pdf", content)}, {"name": "a.pdf"})["code"] == 12038002


def test_some_brands_are_authorised_and_can_be_asked_for_alone(caller: Caller) -> None:
    path = "/product/202309/brands"
    everything = caller.data("GET", path, page_size=100)["brands"]
    alone = caller.data("GET", path, page_size=100, is_authorized="true")["brands"]
    assert 0 < len(alone) < len(everything)
    assert {one["authorized_status"] for one in alone} == {"AUTHORIZED"}
