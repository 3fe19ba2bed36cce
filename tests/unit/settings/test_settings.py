"""Settings: every mistake told at once, with its name and what to do; no secret in any of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync_daemon.errors import Exit, Fatal
from sync_daemon.model.resources import BY_NAME
from sync_daemon.settings.fields import Settings, names_a_database, seconds
from sync_daemon.settings.sources import load, misspelt

KEY = "sk_planted_secret_0123456789"


def settings(monkeypatch: pytest.MonkeyPatch, **environ: str) -> Settings:
    for name, value in ({"INVOICED_API_KEY": KEY} | environ).items():
        monkeypatch.setenv(name, value)
    return load({"INVOICED_API_KEY": KEY} | environ)


def refusal(monkeypatch: pytest.MonkeyPatch, **environ: str) -> str:
    with pytest.raises(Fatal) as caught:
        settings(monkeypatch, **environ)
    assert caught.value.exit_code is Exit.CONFIG
    assert KEY not in str(caught.value) + caught.value.hint
    return str(caught.value)


def test_a_key_is_all_that_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    one = settings(monkeypatch)
    assert one.invoiced_api_key.get_secret_value() == KEY
    assert (one.invoiced_base_url, one.origin) == ("https://api.invoiced.com",) * 2
    assert (one.invoiced_max_concurrency, one.invoiced_timeout, one.sync_schema) == (12, 60, "invoiced")
    assert (one.sync_interval, one.sync_overlap, one.sync_sweep) == (60, 300, 21_600)
    assert one.resources == tuple(BY_NAME.values())
    assert KEY not in repr(one) + str(one)


def test_everything_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refusal(monkeypatch, INVOICED_API_KEY="with a space", INVOICED_BASE_URL="http://api.invoiced.com",
                   INVOICED_MAX_CONCURRENCY="21", INVOICED_TIMEOUT="0", DATABASE_URL="mysql://x", SYNC_SCHEMA="pg_x",
                   SYNC_RESOURCES="invoises", SYNC_INTERVAL="soon", SYNC_AUTO_MIGRATE="maybe", SYNC_LOG_LEVEL="loud",
                   SYNC_INTERVALL="5")
    for name in ("INVOICED_API_KEY", "INVOICED_BASE_URL", "INVOICED_MAX_CONCURRENCY", "INVOICED_TIMEOUT",
                 "DATABASE_URL", "SYNC_SCHEMA", "SYNC_RESOURCES", "SYNC_INTERVAL", "SYNC_AUTO_MIGRATE",
                 "SYNC_LOG_LEVEL", "SYNC_INTERVALL"):
        assert any(line.startswith(name + " ") for line in said.splitlines()), name
    assert "did you mean 'invoices'" in said
    assert "Did you mean SYNC_INTERVAL?" in said


@pytest.mark.parametrize(("name", "value"), [
    ("DATABASE_URL", f"mysql://u:{KEY}@h/d"), ("INVOICED_BASE_URL", f"https://{KEY}@api.invoiced.com"),
    ("INVOICED_API_KEY", f"{KEY}\n{KEY}"), ("INVOICED_API_KEY", f"{KEY}ü"), ("SYNC_INTERVAL", "-1"),
    ("INVOICED_MAX_CONCURRENCY", "0"), ("INVOICED_MAX_CONCURRENCY", "1.5"), ("SYNC_OVERLAP", "8d"),
    ("SYNC_OVERLAP", "0"), ("SYNC_SCHEMA", "public"), ("SYNC_SCHEMA", "a\nDROP TABLE x"), ("SYNC_SCHEMA", "a\x85b"),
    ("SYNC_SCHEMA", "a\u2028b"), ("SYNC_SCHEMA", "a\tb"), ("SYNC_SCHEMA", "{key}"), ("SYNC_SCHEMA", "a}"),
    ("SYNC_SCHEMA", "a\udcffb"), ("SYNC_SCHEMA", "  "), ("INVOICED_BASE_URL", f"https://{KEY}\u2100@x"),
    ("INVOICED_BASE_URL", f"https://[{KEY}"), ("SYNC_SCHEMA", "s" * 64), ("SYNC_INTERVAL", "nan"),
    ("SYNC_RESOURCES", "-all"), ("SYNC_RESOURCES", "contacts"), ("SYNC_RESOURCES", "customers,-customers"),
    ("SYNC_RESOURCES", " , "), ("INVOICED_BASE_URL", "api.invoiced.com"), ("INVOICED_BASE_URL", "http://127.0.0.1.evil.com"),
    ("INVOICED_BASE_URL", "https://api.invoiced.com?x=1"), ("SYNC_LOG_FORMAT", "xml")])
def test_wrong_values_are_named_and_no_secret_is_repeated(name: str, value: str,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, **{name: value}).startswith(name)


def test_blanks_around_the_name_of_the_schema_are_no_part_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, SYNC_SCHEMA=" books \n").sync_schema == "books"


def test_no_key_is_said_with_where_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Make a key in Invoiced" in refusal(monkeypatch, INVOICED_API_KEY="")
    assert load({}, without_key=True).invoiced_api_key.get_secret_value() != ""


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:9", "https://x.example/v1/"])
def test_plain_http_goes_to_this_machine_only(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, INVOICED_BASE_URL=url).invoiced_base_url == url.rstrip("/")


def test_the_origin_is_scheme_host_and_port(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, INVOICED_BASE_URL="https://API.x.example:8443/v1/").origin == "https://api.x.example:8443"


@pytest.mark.parametrize(("text", "wanted"), [("90", 90), ("90s", 90), ("5m", 300), ("5 min", 300), ("6h", 21600),
                                              ("1d", 86400), ("1.5H", 5400), (" 2 ", 2)])
def test_times(text: str, wanted: float) -> None:
    assert seconds(text) == wanted


def test_resources_can_be_named_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.name for one in settings(monkeypatch, SYNC_RESOURCES="invoices, customers").resources] == [
        "customers", "invoices"]
    assert {one.name for one in settings(monkeypatch, SYNC_RESOURCES="-events -tasks").resources} == (
        BY_NAME.keys() - {"events", "tasks"})
    assert settings(monkeypatch, SYNC_RESOURCES="all").resources == tuple(BY_NAME.values())
    assert {one.name for one in settings(monkeypatch).only((BY_NAME["contacts"],)).resources} == {
        "customers", "contacts"}


def test_the_environment_wins_over_the_env_file_and_that_over_credentials(tmp_path: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "INVOICED_API_KEY").write_text("from_credentials\n")
    (credentials / "SYNC_SCHEMA").write_text("from_credentials")
    (credentials / "SYNC_INTERVAL").write_text("7")
    env_file = tmp_path / "env"
    env_file.write_text("SYNC_SCHEMA=from_file\nSYNC_OVERLAP=10m\n")
    monkeypatch.setenv("SYNC_OVERLAP", "20m")
    one = load({"CREDENTIALS_DIRECTORY": str(credentials), "SYNC_OVERLAP": "20m"}, env_file)
    assert one.invoiced_api_key.get_secret_value() == "from_credentials"
    assert (one.sync_schema, one.sync_overlap, one.sync_interval) == ("from_file", 1200, 7)


def test_an_env_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"SYNC_SCHEMA=\xe9\n")
    for name in ("missing.env", ".", "latin"):
        with pytest.raises(Fatal, match=rf"env file {tmp_path / name} can't be read"):
            load({}, tmp_path / name, without_key=True)


def test_no_file_is_read_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("SYNC_SCHEMA=sneaked\n")
    monkeypatch.chdir(tmp_path)
    assert settings(monkeypatch).sync_schema == "invoiced"


def test_misspelt_names_in_an_env_file_are_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env_file = tmp_path / "env"
    env_file.write_text(f"INVOICED_API_KEY={KEY}\nSYNC_SCHEMAS=x\nOTHER=1\n")
    with pytest.raises(Fatal, match=r"SYNC_SCHEMAS is not a setting of this program\. Did you mean SYNC_SCHEMA"):
        load({}, env_file)
    assert misspelt({"PATH", "SYNC_SCHEMA", "sync_schema"}) == []


@pytest.mark.parametrize("name", ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE", "PGHOSTADDR"])
def test_any_libpq_variable_means_a_database_of_ones_own(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = settings(monkeypatch)
    assert not names_a_database(one, {})
    assert not names_a_database(one, {name: ""})
    assert names_a_database(one, {name: "x"})
    assert names_a_database(settings(monkeypatch, DATABASE_URL="postgres://h/d"), {})


def test_an_empty_credential_file_counts_as_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "invoiced_api_key").write_text(f"{KEY}\n")
    (tmp_path / "database_url").write_text("\n")
    monkeypatch.delenv("INVOICED_API_KEY", raising=False)
    one = load({"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert one.invoiced_api_key.get_secret_value() == KEY
    assert one.database_url is None
    (tmp_path / "invoiced_api_key").write_text("\n")
    with pytest.raises(Fatal, match="INVOICED_API_KEY is not set"):
        load({"CREDENTIALS_DIRECTORY": str(tmp_path)})


@pytest.mark.parametrize(("listen", "web"), [
    ("127.0.0.1:8484", ("127.0.0.1", 8484)), ("[::1]:9000", ("::1", 9000)), ("localhost:0", ("localhost", 0)),
    ("9000", ("127.0.0.1", 9000)), ("OFF", None)])
def test_the_status_page_listens_on_this_machine(
        listen: str, web: tuple[str, int] | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, SYNC_WEB_LISTEN=listen).web == web


@pytest.mark.parametrize("listen", ["0.0.0.0:8484", "[::]:8484", "192.0.2.7:80", "example.com:80"])
def test_an_address_that_others_reach_must_be_wanted(listen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SYNC_WEB_PUBLIC=true" in refusal(monkeypatch, SYNC_WEB_LISTEN=listen)
    assert settings(monkeypatch, SYNC_WEB_LISTEN=listen, SYNC_WEB_PUBLIC="true").web is not None


@pytest.mark.parametrize("listen", ["127.0.0.1", "127.0.0.1:http", "::1:80", "127.0.0.1:99999", "here there", ":9000"])
def test_what_is_no_address_is_refused(listen: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is not an address" in refusal(monkeypatch, SYNC_WEB_LISTEN=listen)


def test_the_account_is_named_after_its_schema_unless_it_has_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings(monkeypatch, SYNC_SCHEMA="books").account == "books"
    assert settings(monkeypatch, SYNC_ACCOUNT="acme").account == "acme"
    assert "SYNC_ACCOUNT must be a word" in refusal(monkeypatch, SYNC_ACCOUNT="a\nb")
