"""A38: mappings out to a CSV file and back, with a reason for every row that is refused.

Acceptance lines: A37.
"""

import contextlib
import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services.errors import ServiceError
from core.services.mapping_csv import COLUMNS, Proposed, guarded, read_csv, unguarded, write_csv
from core.services.mapping_lists import MappingLists
from tests.core.services.mapping_world import World

HEAD = "own_sku,channel_sku,product_id,action\n"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    opened = await World.open(tmp_path)
    await opened.list_sku("1730000000000000001", "gr-1", product_id="1720000000000000001")
    await opened.list_sku("1730000000000000002", "gr-2", product_id="1720000000000000001")
    await opened.list_sku("1730000000000000003", "twin", product_id="1720000000000000003")
    await opened.list_sku("1730000000000000004", "twin", product_id="1720000000000000004")
    await opened.list_sku("1730000000000000005", "gone", deleted=True)
    await opened.stock("MUG-1", "MUG-2")
    await opened.stock("OLD", missing=True)
    await opened.map("1730000000000000001", "MUG-1")
    yield opened
    await opened.backend.close()


async def read(world: World, rows: str, head: str = HEAD) -> Proposed:
    return read_csv((head + rows).encode(), await world.lists())


def asked(proposed: Proposed) -> dict[str, str | None]:
    """Last digit of the channel SKU id -> wanted Avasam SKU."""
    return {edit.sku_id[-1]: edit.avasam_sku for edit in proposed.edits}


async def test_A38_links_relinks_and_unlinks_are_counted_apart_and_nothing_is_saved(world: World) -> None:
    proposed = await read(world, "MUG-2,gr-1,,link\nMUG-2,gr-2,,\n")
    assert asked(proposed) == {"1": "MUG-2", "2": "MUG-2"}
    assert (proposed.links, proposed.relinks, proposed.unlinks) == (1, 1, 0)
    proposed = await read(world, "MUG-1,gr-1,,unlink\n,gr-2,,unlink\n")
    assert asked(proposed) == {"1": None}
    assert (proposed.unlinks, proposed.unchanged) == (1, 1)
    assert await world.pairs() == {"1730000000000000001": "MUG-1"}


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("MUG-9,gr-2,,link", "Avasam has no sellable SKU MUG-9"),
        ("OLD,gr-2,,link", "Avasam has no sellable SKU OLD"),
        (",gr-2,,link", "own_sku is empty"),
        ("MUG-1,,,link", "neither channel_sku nor a whole sku_id"),
        ("MUG-1,nope,,link", "this shop has no seller SKU nope; Download first"),
        ("MUG-1,gr-2,99,link", "this shop has no seller SKU gr-2 in product 99"),
        ("MUG-1,twin,,link", "2 SKUs of this shop are called twin: give product_id or sku_id"),
        ("MUG-1,gone,,link", "TikTok no longer lists this channel SKU"),
        ("MUG-2,gr-1,,unlink", "it is mapped to MUG-1, not to MUG-2"),
        ("MUG-2,gr-2,,sell", "the action is 'sell'; it may be link or unlink"),
    ],
)
async def test_A38_a_refused_row_is_named_with_its_number_and_why_and_others_are_taken(
    world: World, row: str, why: str
) -> None:
    proposed = await read(world, f"\n{row}\nMUG-2,twin,1720000000000000003,link\n")
    assert [refusal.row for refusal in proposed.refused] == [3]
    assert why in proposed.refused[0].why
    assert asked(proposed) == {"3": "MUG-2"}


async def test_A37_rows_that_contradict_each_other_are_refused_the_second_time(world: World) -> None:
    proposed = await read(world, "MUG-1,gr-2,,link\nMUG-2,gr-2,,link\nMUG-1,gr-2,,link\n")
    assert asked(proposed) == {"2": "MUG-1"}
    assert [(one.row, one.why) for one in proposed.refused] == [
        (3, "row 2 says otherwise of the same channel SKU")
    ]
    assert proposed.unchanged == 1


async def test_a_sku_id_alone_is_enough_and_one_a_spreadsheet_rounded_counts_as_none(world: World) -> None:
    head = "sku_id,channel_sku,product_id,own_sku\n"
    proposed = await read(world, "1730000000000000004,,,MUG-1\n1.73E+18,gr-2,1.72E+18,MUG-2\n", head)
    assert asked(proposed) == {"4": "MUG-1", "2": "MUG-2"}
    proposed = await read(world, "1.73E+18,,,MUG-1\n9,,,MUG-1\n", head)
    assert [one.why for one in proposed.refused] == [
        "neither channel_sku nor a whole sku_id is given",
        "this shop has no SKU id 9; Download first",
    ]


@pytest.mark.parametrize(
    "content", ["own_sku;channel_sku\nMUG-2;gr-2\n", "\ufeffAvasam SKU\tSeller SKU\nMUG-2\tgr-2"]
)
async def test_what_spreadsheets_make_of_csv_is_read(world: World, content: str) -> None:
    assert asked(read_csv(content.encode(), await world.lists())) == {"2": "MUG-2"}


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "first row must name"),
        (b"a,b\n1,2\n", "first row must name"),
        (b"PK\x03\x04\x00\x00\xff own_sku,channel_sku\n", "not text"),
        (b'own_sku,channel_sku\n"x' + b"y" * 200_000 + b'",z\n', "not a CSV file"),
    ],
)
async def test_what_is_no_such_file_is_refused_in_words(world: World, content: bytes, what: str) -> None:
    with pytest.raises(ServiceError, match=what):
        read_csv(content, await world.lists())


HOSTILE = ["=1+1", "+x", "-S", "@SUM(A1)", "'", "'=x", "''", "'a", "＝x", 'quo"te', "a,b", "line\nbreak"]


async def test_A38_an_export_reads_back_whole_whatever_the_skus_look_like(world: World) -> None:
    for number, sku in enumerate(HOSTILE):
        await world.list_sku(f"t{number}", sku, f"=cmd|{sku}")
        await world.stock(sku)
        await world.map(f"t{number}", sku)
    lists = await world.lists()
    content = write_csv(lists)
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert rows[0] == list(COLUMNS)
    assert not [cell for row in rows[1:] for cell in row if cell[:1] in tuple("=+-@＝＋－＠\t\r\n")]
    back = read_csv(content.encode(), lists)
    assert (len(back.edits), back.refused, back.unchanged) == (0, [], len(HOSTILE) + 1)


async def test_an_export_of_one_shop_maps_it_anew(world: World) -> None:
    before = write_csv(await world.lists())
    async with world.store.transaction() as tx:
        await tx.delete("sku_mappings", "id-One/1730000000000000001")
    assert asked(read_csv(before.encode(), await world.lists())) == {"1": "MUG-1"}


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_comes_back_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert guarded(text)[:1] not in tuple("=+-@\t\r\n＝＋－＠")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_words(content: bytes) -> None:
    with contextlib.suppress(ServiceError):
        read_csv(b"own_sku,channel_sku\n" + content, MappingLists("x"))


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("\ufeffown_sku;channel_sku;Title\r\nMUG-2;gr-2;Gr\u00f6\u00dfe\r\n".encode(), "UTF-8"),
        (
            "own_sku;channel_sku;Title\r\nMUG-2;gr-2;Gr\u00f6\u00dfe \u20ac\r\n".encode("cp1252"),
            "Windows-1252",
        ),
        ("own_sku\tchannel_sku\r\nMUG-2\tgr-2\r\n".encode("utf-16"), "UTF-16"),
        (b"sep=;\r\nOwn SKU;Seller SKU\r\nMUG-2;gr-2\r\n", "UTF-8"),
        (b"sep=\t\nOwn SKU\tSeller SKU\nMUG-2\tgr-2\n", "UTF-8"),
        (b'"own_sku";"channel_sku"\r\n"MUG-2";"gr-2"\r\n;;\r\n', "UTF-8"),
    ],
)
async def test_A38_files_as_excel_writes_them_are_read(world: World, content: bytes, encoding: str) -> None:
    proposed = read_csv(content, await world.lists())
    assert (asked(proposed), proposed.refused, proposed.encoding) == ({"2": "MUG-2"}, [], encoding)
