"""Settings: environment variables before `config.toml` before defaults. Each is documented where it stands.

The file is `$AVASAM_HOME/config.toml` when AVASAM_HOME is set, else `config.toml` in the user's config
directory; its keys are the names below, the variables are the same in capitals after `AVASAM_`.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import SplitResult, urlsplit

from platformdirs import user_config_path, user_data_path
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as SourceError

ENV_PREFIX: Final = "AVASAM_"
_MONTH: Final = 30 * 86_400.0
_CENTURY: Final = 36_500
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_EXAMPLE: Final = "an address such as https://open-api.tiktokglobalshop.com"


class SettingsError(Exception):
    """A setting is wrong; the message names it, says why, and never shows a secret."""


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable() or " " in value:
        raise ValueError(f"is not {_EXAMPLE}")
    if parts.fragment or not _has_port(parts):
        raise ValueError(f"is not {_EXAMPLE}: look at what follows the name")
    if parts.username or parts.password:
        raise ValueError("must not carry a user name or password")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        raise ValueError("must be https: secrets would cross the network in the clear")
    return value.rstrip("/")


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is one, if any is given."""
    try:
        return parts.port is None or parts.port > 0
    except ValueError:
        return False


def _base(value: str) -> str:
    if urlsplit(value).query:
        raise ValueError("must end before the question mark: paths are put behind it")
    return value


Address = Annotated[str, AfterValidator(_address)]
Base = Annotated[Address, AfterValidator(_base)]
"""An address that paths are put behind."""


def _path(value: object) -> object:
    if value == "" or "\0" in str(value):
        raise ValueError("is not a path: name a directory or file")
    return value


Place = Annotated[Path, BeforeValidator(_path)]
Seconds = Annotated[float, Field(ge=1, le=_MONTH)]


class Settings(BaseSettings):
    """Everything that can be set from outside."""

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX,
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        use_attribute_docstrings=True,
    )

    home: Place = Field(default_factory=lambda: user_data_path("avasam"))
    """Where the store, the key file and exports live."""
    store_url: str = ""
    """`tinydb:///path/to/directory`; empty means `store` inside `home`."""
    store_group: bool = False
    """Let the directory's group share the store (2770, files 0660); all then need the same AVASAM_KEY."""
    store_on_network: bool = False
    """Allow the store on a network file system: only where its locks and renames are known to be good."""

    tiktok_api_url: Base = "https://open-api.tiktokglobalshop.com"
    """TikTok Shop's API, for all markets."""
    tiktok_auth_url: Base = "https://auth.tiktok-shops.com"
    """Where codes and refresh tokens are exchanged."""
    tiktok_consent_url: Address = "https://services.tiktokshop.com/open/authorize"
    """Where merchants consent; US shops at https://services.us.tiktokshop.com/open/authorize."""
    tiktok_app_key: str = ""
    """Of your app in TikTok's Partner Center."""
    tiktok_app_secret: SecretStr = SecretStr("")
    """Of the same app; never shown or logged."""
    tiktok_service_id: str = ""
    """Of the same app; it is not the app key."""
    consent_port: Annotated[int, Field(ge=1, le=65535)] = 8765
    """Where the screens listen on 127.0.0.1 for the browser that comes back; else at a free port."""
    calls_per_second: Annotated[float, Field(gt=0, le=1000)] = 10.0
    """The most calls a second to one shop; the pace falls by itself when TikTok says 429."""

    api_url: Base = "https://app.avasam.com"
    """The Avasam Seller API."""
    consumer_key: str = ""
    """From Avasam: Settings, user management, API keys."""
    secret_key: SecretStr = SecretStr("")
    """The same page; never shown or logged."""
    inventory_file: Place | None = None
    """A CSV or JSON file to read the inventory from instead of the Avasam Seller API."""

    orders_seconds: Seconds = 120.0
    """How often orders are downloaded."""
    stock_seconds: Seconds = 60.0
    """How often stock is read, and stock and price are pushed."""
    verify_seconds: Seconds = 900.0
    """How often live quantities are read back and compared."""
    products_seconds: Seconds = 900.0
    """How often the whole product list is read; stock alone is read with every stock sync."""
    order_overlap_seconds: Annotated[float, Field(ge=0, le=_MONTH)] = 900.0
    """How far each order sync looks back behind the last one: rows move between pages."""
    first_sync_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """How far back the first order sync reads; None means from the shop's first day."""

    activity_days: Annotated[int, Field(ge=1, le=_CENTURY)] = 30
    """How long finished syncs stay in Activity before they go into the archive; jobs are forgotten then."""
    archive_days: Annotated[int, Field(ge=1, le=_CENTURY)] = 180
    """How long finished orders stay in the lists before they go into the archive, by themselves."""
    resend_after_seconds: Annotated[float, Field(ge=1, le=_MONTH)] = 120.0
    """How long an order whose sending got no clear answer is looked for before it may be sent again."""

    lease_seconds: Annotated[float, Field(ge=1, le=3600)] = 15.0
    """How long after a worker died another one takes over."""

    guard_zero_percent: Annotated[int, Field(ge=0, le=100)] = 30
    """Guard: stop a stock sync that would set more than this share of the mapped SKUs to 0 ..."""
    guard_zero_least: Annotated[int, Field(ge=0)] = 20
    """... and more than this many of them."""
    guard_price_percent: Annotated[int, Field(ge=0, le=100)] = 30
    """Guard: stop a price sync that would move more than this share of the prices ..."""
    guard_price_move_percent: Annotated[int, Field(ge=0)] = 50
    """... by more than this share of the old price."""
    guard_shrink_percent: Annotated[int, Field(ge=0, le=100)] = 30
    """Guard: refuse an inventory read that lacks more than this share of the products."""

    keys: dict[str, str] = {}
    """Keys of the screens by command id; in the file: a table `[keys]` with lines such as `sync = "f5"`."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, whose values come as init arguments."""
        return env_settings, init_settings

    def store_directory(self) -> Path:
        """Where the embedded store lives. Raises SettingsError for an address it does not understand."""
        if not self.store_url:
            return self.home / "store"
        parts = urlsplit(self.store_url)
        if parts.scheme == "tinydb" and parts.path and not parts.netloc and "\0" not in parts.path:
            return Path(parts.path)
        raise SettingsError(
            f"AVASAM_STORE_URL: {parts.scheme or 'what it names'!r} is not a store this program has. "
            "Use tinydb:///absolute/path, or leave it empty."
        )

    def archive_directory(self) -> Path:
        """Where old orders and activity go: with the store, so that whoever shares that shares this."""
        return self.store_directory() / "archive"

    def missing_for_tiktok(self) -> list[str]:
        """The variables without which no shop can be connected."""
        named = {
            "tiktok_app_key": self.tiktok_app_key,
            "tiktok_app_secret": self.tiktok_app_secret.get_secret_value(),
            "tiktok_service_id": self.tiktok_service_id,
        }
        return [variable(name) for name, value in named.items() if not value]


def variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{ENV_PREFIX}{name.upper()}"


def config_file(environ: Mapping[str, str] = os.environ) -> Path:
    """Where the settings file is looked for."""
    home = environ.get(variable("home"))
    return (Path(home) if home else user_config_path("avasam")) / "config.toml"


def load_settings(file: Path | None = None) -> Settings:
    """The settings in force. Raises SettingsError that names every wrong one."""
    file = file or config_file()
    _check_text(os.environ)
    try:
        return Settings(**_read(file))
    except ValidationError as error:
        lines = [
            _explain(problem, file) for problem in error.errors(include_url=False, include_context=False)
        ]
        raise SettingsError("\n".join(lines)) from None
    except SourceError as error:
        named = next((name for name in Settings.model_fields if f'"{name}"' in str(error)), "")
        raise SettingsError(f"{variable(named)}: is not JSON, which this one has to be") from None


def _check_text(environ: Mapping[str, str]) -> None:
    """Refuse variables whose bytes are no text: no signature and no file could be made of them."""
    for name, value in environ.items():
        if name.startswith(ENV_PREFIX):
            try:
                value.encode()
            except UnicodeEncodeError:
                raise SettingsError(f"{name}: is not text in UTF-8") from None


def _read(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except NotADirectoryError:
        raise SettingsError(
            f"{variable('home')}: {file.parent} is a file. It names the directory in which the program keeps "
            "everything; choose a directory, or leave it out."
        ) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"{file} cannot be read as settings: {reason}. Correct it or move it away."
        ) from None


def _explain(problem: Any, file: Path) -> str:
    name = str(problem["loc"][0]) if problem["loc"] else ""
    if problem["type"] == "extra_forbidden":
        close = difflib.get_close_matches(name, Settings.model_fields, n=1)
        hint = f"Did you mean {close[0]!r}?" if close else "See the README for the names."
        return f"{file}: there is no setting {name!r}. {hint}"
    field = Settings.model_fields.get(name)
    value = problem["input"]
    secret = (field is not None and field.annotation is SecretStr) or "@" in str(value)
    shown = "" if secret or not isinstance(value, str | int | float) else f" {value!r}:"
    said = str(problem["msg"]).removeprefix("Value error, ")
    source = variable(name) if variable(name) in os.environ else f"{file}: {name}"
    return f"{source}:{shown} {said}"
