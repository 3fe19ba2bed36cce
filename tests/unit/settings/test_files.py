"""Any text as a setting, any bytes as a file: it loads, or one clear sentence says what to do, with no secret in it."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from yarl import URL

from sync_daemon.errors import Exit, Fatal
from sync_daemon.runtime.systemd import watchdog_seconds
from sync_daemon.settings import files, hosts, libpq, tls
from sync_daemon.settings.database_url import Unusable
from sync_daemon.settings.fields import LONGEST, Settings
from sync_daemon.settings.sources import load

KEY = "sk_planted_secret_0123456789"
NAMES = [name.upper() for name in Settings.model_fields]
OUTSIDE = ["https_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
           "CREDENTIALS_DIRECTORY"]
NOT_A_HOST = ["a..b", "x" * 64, "xn--\u2603", "\u00fc" * 70, "a..", ".a", "..", ".", "a b", "a<b", "a%20b", "\udcff",
              "", ".".join(["x" * 60] * 5), "[::1", "::1::", "fe80::1%eth0"]
anything = st.one_of(
    st.text(), st.text(alphabet=st.characters(codec=None)),
    st.sampled_from(["\0", "http://", "https://", "socks5://", "postgresql://", "", "127.0.0.1", "[", "all",
                     "\udcff", "9" * 5000, "1e400", "nan", "inf", "-1", "999999999d", "${HOME}", "a..b", "@", ":",
                     "%zz", "/", ":99999", ":0", "\u2603"]),
).flatmap(lambda one: st.text(max_size=8).map(lambda more: one + more) | st.just(one))


def refusal(environ: dict[str, str], env_file: Path | None = None) -> str | None:
    """What is said if it does not load; anything but a Fatal with a hint fails the test."""
    try:
        one = load(environ, env_file)
    except Fatal as error:
        assert (error.exit_code, bool(error.hint)) == (Exit.CONFIG, True)  # noqa: PT017 - it may as well load
        return str(error)
    URL(one.invoiced_base_url + "/customers").with_query([("a", "b")])
    assert one.web is None or one.web[1] <= 65535
    assert one.origin
    assert one.resources
    return None


@given(st.lists(st.tuples(st.sampled_from(NAMES + OUTSIDE), anything), min_size=1, max_size=4))
@example([("INVOICED_BASE_URL", "https://a..b")])
@example([("INVOICED_BASE_URL", f"https://x:{'9' * 5000}")])
@example([("SYNC_WEB_LISTEN", f"127.0.0.1:{'9' * 5000}")])
@example([("CREDENTIALS_DIRECTORY", "x" * 5000)])
@example([("CREDENTIALS_DIRECTORY", "\0")])
@example([("INVOICED_BASE_URL", "https://api.invoiced.com/\udcff")])
@example([("DATABASE_URL", "postgresql://h/\udcff")])
def test_any_text_for_any_setting_loads_or_is_told(told: list[tuple[str, str]]) -> None:
    refusal({"INVOICED_API_KEY": KEY} | dict(told))


@given(st.binary(max_size=300) | st.lists(st.sampled_from([
    b"INVOICED_API_KEY", b"SYNC_SCHEMA", b"=", b"\n", b"\r", b"'", b'"', b"\\", b"#", b" ", b"export ", b"$X", b"${",
    b"}", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"\xe9", b"x", b"PGHOST", b"HTTPS_PROXY", b"://", b"\\u", b"\\x"]),
    max_size=20).map(b"".join))
@hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_as_an_env_file_or_a_credential_load_or_are_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "env").write_bytes(data)
    (tmp_path / "credentials").mkdir(exist_ok=True)
    (tmp_path / "credentials" / "database_url").write_bytes(data)
    refusal({"INVOICED_API_KEY": KEY}, tmp_path / "env")
    refusal({"INVOICED_API_KEY": KEY, "CREDENTIALS_DIRECTORY": str(tmp_path / "credentials")})


def test_an_env_file_is_taken_literally_however_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "expanded")
    path = tmp_path / "env"
    path.write_bytes("\ufeffexport INVOICED_API_KEY='a$X${X}${'\r\nSYNC_ACCOUNT=\"acme\"\r\n\r\n# a comment\r\n"
                     "SYNC_SCHEMA = a$X  # why\r\nDATABASE_URL=postgresql://u:${X}$X@h/d".encode())
    one = load({}, path)
    assert one.invoiced_api_key.get_secret_value() == "a$X${X}${"
    assert (one.sync_account, one.sync_schema) == ("acme", "a$X")
    assert one.database_url is not None
    assert one.database_url.get_secret_value() == "postgresql://u:${X}$X@h/d"


@pytest.mark.parametrize(("data", "why"), [
    ("INVOICED_API_KEY=x\n".encode("utf-16"), "UTF-16"), ("INVOICED_API_KEY=x\n".encode("utf-16-le"), "zero byte"),
    (b"SYNC_ACCOUNT=\xe9\n", "not UTF-8"), (b"A=\0\n", "zero byte"), (b"A=" + b"x" * (2 << 20), "larger than 1 MiB")])
def test_a_file_that_is_no_text_is_told_with_why(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "invoiced_api_key").write_bytes(data)
    assert why in str(refusal({"INVOICED_API_KEY": KEY}, tmp_path / "invoiced_api_key"))
    said = str(refusal({"CREDENTIALS_DIRECTORY": str(tmp_path)}))
    assert f"The credential {tmp_path / 'invoiced_api_key'} can't be read" in said
    assert why in said


def test_what_is_no_file_is_told_and_holds_up_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(tmp_path / "socket"))
        for name in ("fifo", "folder", "socket", "missing"):
            said = str(refusal({"INVOICED_API_KEY": KEY}, tmp_path / name))
            assert f"env file {tmp_path / name} can't be read" in said
    credentials = tmp_path / "folder"
    os.mkfifo(credentials / "database_url")
    assert "database_url can't be read (not a file)" in str(
        refusal({"INVOICED_API_KEY": KEY, "CREDENTIALS_DIRECTORY": str(credentials)}))


def test_no_file_of_the_database_can_hold_us_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(Unusable, match="not a file"):
        libpq.target(None, {"PGSERVICE": "x", "PGSERVICEFILE": str(tmp_path / "fifo")})
    with pytest.raises(Unusable, match="not a file"):
        tls.context("verify-full", {"sslrootcert": str(tmp_path / "fifo")}, None)


def test_a_line_that_says_nothing_is_told_by_its_number_and_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "env"
    for line in (KEY, f'INVOICED_API_KEY="{KEY}', f"INVOICED_API_KEY:{KEY}=", f"'{KEY} x'=y"):
        path.write_text(f"# settings\n\nSYNC_ACCOUNT=x\n{line}\n")
        said = str(refusal({"INVOICED_API_KEY": "k"}, path))
        assert f"Line 4 of the env file {path}" in said
        assert KEY not in said


# Hosts and ports.


@pytest.mark.parametrize("host", NOT_A_HOST)
def test_what_can_be_no_host_is_refused_wherever_one_stands(host: str) -> None:
    assert not hosts.is_host(host)
    place = f"[{host}]" if ":" in host else host
    assert "INVOICED_BASE_URL" in str(refusal({"INVOICED_API_KEY": KEY, "INVOICED_BASE_URL": f"https://{place}"}))
    assert "SYNC_WEB_LISTEN" in str(refusal(
        {"INVOICED_API_KEY": KEY, "SYNC_WEB_LISTEN": f"{place}:80", "SYNC_WEB_PUBLIC": "true"}))
    assert "HTTPS_PROXY" in str(refusal({"INVOICED_API_KEY": KEY, "HTTPS_PROXY": f"http://{place}:80"}))


@pytest.mark.parametrize("host", ["a..b", "x" * 64, "xn--\u2603", "\u00fc" * 70, "\udcff"])
def test_what_can_be_no_host_of_a_database_is_refused(host: str) -> None:
    assert "DATABASE_URL" in str(refusal({"INVOICED_API_KEY": KEY, "DATABASE_URL": f"postgresql://{host}/d"}))
    with pytest.raises(Unusable, match="PGHOST"):
        libpq.target(None, {"PGHOST": host, "PGUSER": "u"})


@pytest.mark.parametrize("port", ["99999", "-1", "abc", "9" * 5000, "\u0663", "1.5", "65536"])
def test_what_is_no_port_is_refused_wherever_one_stands(port: str) -> None:
    for name, value in {"INVOICED_BASE_URL": f"https://x:{port}", "SYNC_WEB_LISTEN": f"127.0.0.1:{port}",
                        "DATABASE_URL": f"postgresql://h:{port}/d", "HTTPS_PROXY": f"http://x:{port}"}.items():
        assert name in str(refusal({"INVOICED_API_KEY": KEY, name: value}))
    with pytest.raises(Unusable, match="PGPORT"):
        libpq.target(None, {"PGPORT": port, "PGUSER": "u"})
    assert "port" in str(refusal({"INVOICED_API_KEY": KEY, "INVOICED_BASE_URL": "https://x:0"}))


@pytest.mark.parametrize("name", ["PGUSER", "PGDATABASE", "PGPASSWORD", "PGAPPNAME", "PGOPTIONS"])
def test_a_variable_of_libpq_that_is_no_text_is_told_by_its_name(name: str) -> None:
    with pytest.raises(Unusable, match=name):
        libpq.target(None, {"PGUSER": "u", name: "a\udcffb"})


@pytest.mark.parametrize("host", ["x.localhost", "localhost.", "evil.localhost", "127.0.0.1.localhost"])
def test_no_name_but_localhost_itself_is_this_machine(host: str) -> None:
    assert not hosts.is_loopback(host)
    assert "in the clear" in str(refusal({"INVOICED_API_KEY": KEY, "INVOICED_BASE_URL": f"http://{host}"}))
    assert "reached by others" in str(refusal({"INVOICED_API_KEY": KEY, "SYNC_WEB_LISTEN": f"{host}:80"}))


# Times.


@pytest.mark.parametrize("name", ["INVOICED_TIMEOUT", "SYNC_INTERVAL", "SYNC_POLL_EVERY", "SYNC_OVERLAP", "SYNC_SWEEP",
                                  "SYNC_DEEP_OVERLAP", "SYNC_VERIFY_EVERY"])
def test_no_time_is_longer_than_a_date_can_tell(name: str) -> None:
    for text in ("999999999d", "1e300", "inf", "nan", "-inf", "9" * 400, f"{LONGEST + 1}", "-1"):
        assert name in str(refusal({"INVOICED_API_KEY": KEY, name: text})), text


def test_an_odd_watchdog_is_none() -> None:
    for usec in ("\u00b2", "9" * 5000, "-1", "x", "0"):
        assert watchdog_seconds({"WATCHDOG_USEC": usec}) is None


# What is said.


@given(st.sampled_from([name for name in NAMES if name != "INVOICED_API_KEY"]), anything)
def test_no_parser_s_words_and_no_secret_are_in_what_is_said(name: str, value: str) -> None:
    said = refusal({"INVOICED_API_KEY": KEY, name: value})
    if said is not None:
        assert KEY not in said
        for word in ("pydantic", "Input", "codec", "Errno", "Traceback", "integer string conversion", "validation"):
            assert word not in said.replace(value, "")


def test_no_sentence_has_a_piece_of_an_api_key_whatever_is_in_it(tmp_path: Path) -> None:
    for letter in ("\n", " ", "\u00e9", "\udcff", "\0", "\t", '"'):
        key = f"xk9q{letter}vz7w"
        (tmp_path / "invoiced_api_key").write_bytes(key.encode(errors="surrogateescape"))
        for said in (refusal({"INVOICED_API_KEY": key}), refusal({"CREDENTIALS_DIRECTORY": str(tmp_path)}),
                     refusal({"INVOICED_API_KEY": "k"}, tmp_path / "invoiced_api_key")):
            assert "xk9" not in str(said)
            assert "z7w" not in str(said)


def test_an_env_file_is_read_once_and_no_more_of_it_than_is_needed(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("A=1\nA=2\n")
    assert files.env_file(tmp_path / "env").values == {"A": "2"}
