"""A person at a real terminal of 80x24 adds a shop, switches it, authorises it again and removes it."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.terminal import AVASAM, ENTER, REMOVE, SAVE, TAB, Terminal
from tests.tui.integrations.support import Merchant, RunningClock, merchant_on_a_socket

STALE_SIZE = {"LINES": "60", "COLUMNS": "200"}
"""As left behind by a shell that exports them; the terminal itself knows better."""


class Person(Terminal):
    """Somebody who runs a shop, with commands beside the screens as independent proof."""

    def __init__(self, home: Path, merchant: Merchant) -> None:
        sandbox = merchant.sandbox
        self._home, self._merchant = home, merchant
        super().__init__(
            environ={
                "AVASAM_HOME": str(home),
                "AVASAM_TIKTOK_API_URL": sandbox.base_url,
                "AVASAM_TIKTOK_AUTH_URL": sandbox.base_url,
                "AVASAM_TIKTOK_CONSENT_URL": f"{sandbox.base_url}/open/authorize",
                "AVASAM_TIKTOK_APP_KEY": sandbox.app_key,
                "AVASAM_TIKTOK_APP_SECRET": sandbox.app_secret,
                "AVASAM_TIKTOK_SERVICE_ID": sandbox.service_id,
                "AVASAM_ORDERS_SECONDS": "1",
                **STALE_SIZE,
            },
            width=80,
            height=24,
        )

    def authorise(self, seller: int = 0) -> None:
        """From the Authkey button to the reply in the paste box; the address comes out by file."""
        before = set(self._files())
        self.sees("Nothing is kept here")
        self.press(ENTER)
        self.sees("1. Open this address")
        self.press("w")
        self.sees("Written to")
        (file,) = set(self._files()) - before
        self.paste(self._merchant.consent(file.read_text().strip(), seller))
        self.sees("shop_region=")
        self.press(ENTER)

    def shops_once(self, wanted: Callable[[Any], bool]) -> Any:
        """What another program finds once it is as wanted; the screen goes on being read meanwhile."""
        found: list[Any] = []

        def is_so() -> bool:
            words = [*AVASAM, "integrations", "list", "--json"]
            found[:] = json.loads(
                subprocess.run(words, env=self.environ, capture_output=True, check=True).stdout
            )
            return wanted(found)

        self.until(is_so, found)
        return found

    def _files(self) -> list[Path]:
        return list((self._home / "exports").glob("authorise*.txt"))


@pytest.fixture
def merchant() -> Iterator[Merchant]:
    with merchant_on_a_socket(RunningClock(), products=20, orders=5) as served:
        yield served


@pytest.fixture
def person(tmp_path: Path, merchant: Merchant) -> Iterator[Person]:
    started = Person(tmp_path, merchant)
    yield started
    started.kill()


def test_A1_to_A16_a_shop_is_added_switched_authorised_again_and_removed(
    person: Person, merchant: Merchant
) -> None:
    """In a terminal whose exported LINES and COLUMNS are wrong."""
    person.sees("No shop is connected yet.", "^p Commands")
    person.press("a")
    person.sees("orders in, stock and prices out")
    person.press(ENTER)
    person.sees("Name this integration")
    person.press(f"Pty shop{ENTER}")
    person.authorise()
    (made,) = person.shops_once(lambda shops: len(shops) == 1)
    assert (made["name"], made["enabled"]) == ("Pty shop", True)
    person.sees("Pty shop: orders")

    person.press(" ")
    person.sees("Disable Pty shop?")
    person.press(TAB + ENTER)
    person.sees("○ disabled")
    person.shops_once(lambda shops: not shops[0]["enabled"])
    person.press(" ")
    person.sees("● enabled")

    merchant.sandbox.consents.revoke()
    person.sees("Pty shop needs reauthorisation")
    person.press(ENTER)
    person.sees("Additional settings")
    person.press(ENTER)
    person.authorise()
    person.sees("Unsaved: a new authorisation")
    person.press(SAVE)
    (again,) = person.shops_once(lambda shops: shops[0]["needs_reauthorisation"] is None)
    assert again["id"] == made["id"]

    person.press(REMOVE)
    person.sees("Remove Pty shop?")
    person.press(TAB + ENTER)
    person.sees("No shop is connected yet.")
    person.shops_once(lambda shops: shops == [])
    assert person.leave() == 0
