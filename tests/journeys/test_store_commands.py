"""Looking after a store from the command line: doctor, backup, restore, export, and who else is here."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from core import tables
from core.clock import SystemClock
from core.models.order import ChannelOrder, Order, OrderKind, OrderState
from core.services.presence import Presence
from core.store import Store
from tests.journeys.world import NOW, Home, SandboxProcess


@pytest.fixture
def home(tmp_path: Path, sandbox: SandboxProcess) -> Home:
    return Home(tmp_path / "home", sandbox)


def test_a_backup_survives_the_loss_of_the_store(home: Home, tmp_path: Path) -> None:
    home.connect("UK")
    before = home.dump()
    file = tmp_path / "all.backup"
    made = home.run("backup", str(file), "--with-tokens", "--json").json
    assert made["tokens"] is True
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    refused = home.run("restore", str(file))
    assert refused.code == 1
    assert "not empty" in refused.err
    assert "--force" in refused.err

    snapshot = home.directory / "store" / "snapshot.json"
    snapshot.write_bytes(snapshot.read_bytes()[:-9])
    broken = home.run("doctor", "--json")
    assert broken.code == 1
    assert [one["name"] for one in broken.json if one["verdict"] == "fail"] == ["store"]
    assert "snapshot.json" in broken.json[0]["cure"]
    assert home.run("restore", str(tmp_path / "missing"), "--force").code == 1
    assert snapshot.exists()

    done = home.run("restore", str(file), "--force")
    assert done.code == 0, done.err
    assert "moved to" in done.err
    assert home.dump() == before
    assert home.run("integrations", "list", "--json").json[0]["name"] == "UK"
    assert len(list(home.directory.glob("store-aside-*"))) == 1


def test_restore_keeps_what_it_replaces(home: Home, tmp_path: Path) -> None:
    home.connect("UK")
    file = tmp_path / "plain.backup"
    assert home.run("backup", str(file)).code == 0
    done = home.run("restore", str(file), "--force", "--json")
    assert done.json["tokens"] is False
    assert Path(done.json["kept"]).exists()
    (row,) = home.dump(tables.INTEGRATIONS)[tables.INTEGRATIONS].values()
    assert row["needs_reauthorisation"] == "restored from a backup without tokens"
    again = home.run("restore", done.json["kept"], "--force", "--json")
    assert again.json["tokens"] is True
    assert home.run("doctor").code == 0


def test_the_doctor_finds_a_connected_installation_well(home: Home) -> None:
    home.connect("UK")
    done = home.run("doctor")
    assert done.code == 0, done.out
    for name in ("store", "settings", "vault", "clock", "authorisation of UK", "mappings", "leases"):
        assert f"pass  {name}: " in done.out
    assert "warn  worker: None runs" in done.out
    assert "avasam worker" in done.out


def test_the_doctor_says_why_the_program_cannot_start(home: Home) -> None:
    home.settings = {"ORDERS_SECONDS": "soon"}
    assert home.run("doctor").code == 1
    home.settings = {"KEY": "too short"}
    (found,) = home.run("doctor", "--json").json
    assert (found["name"], found["verdict"]) == ("vault", "fail")
    assert "base64" in found["cure"]


def test_an_export_is_read_by_other_programs(home: Home, tmp_path: Path) -> None:
    home.connect("UK")
    done = home.run("export", str(tmp_path / "all.jsonl"), "--json")
    assert done.json["documents"] == 1
    row = json.loads((tmp_path / "all.jsonl").read_text("utf-8"))
    assert (row["table"], row["name"]) == ("integrations", "UK")
    folder = home.run("export", str(tmp_path / "out"), "--csv")
    assert folder.out == f"{tmp_path}/out/integrations.csv\n"


def test_who_else_is_here_is_listed(home: Home) -> None:
    home.connect("UK")
    assert "Nobody else is here." in home.run("who").out

    async def arrive(store: Store) -> None:
        await Presence(store, SystemClock(), owner="desk:9", user="ann", role="screens").beat()

    home.store(arrive)
    (seen,) = home.run("who", "--json").json
    assert (seen["user"], seen["role"], seen["owner"]) == ("ann", "screens", "desk:9")


def test_old_orders_are_archived_and_searched(home: Home) -> None:
    home.connect("UK")
    long_ago = NOW - timedelta(days=400)
    source = ChannelOrder(id="57700", status="COMPLETED", created_at=long_ago, updated_at=long_ago)
    home.put(
        {
            (tables.ORDERS, "i1/57700"): Order(
                integration_id="i1",
                source=source,
                kind=OrderKind.AVASAM,
                state=OrderState.TRACKING_RETURNED,
                downloaded_at=long_ago,
            )
        }
    )
    assert home.run("archive", "run", "--json").json == {"orders": 1, "activity": 0}
    assert home.dump(tables.ORDERS) == {tables.ORDERS: {}}
    (found,) = home.run("archive", "search", "57700", "--json").json
    assert (found["key"], found["state"]) == ("i1/57700", "tracking_returned")
    assert "Nothing in the archive" in home.run("archive", "search", "57701").out
