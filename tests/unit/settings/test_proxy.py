"""Which way leads to the API: the variables of curl, by curl's rules; what can't be kept is refused by name."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_daemon.errors import Fatal
from sync_daemon.settings.proxy import Proxy, Unfit, choose
from sync_daemon.settings.sources import load

API = "https://api.invoiced.com"
SECRET = ("xk9q", "vz7w")


def proxy(environ: Mapping[str, str], origin: str = API, env_file: Mapping[str, str] | None = None) -> Proxy | None:
    return choose(origin, environ, env_file or {}).proxy


def place(environ: Mapping[str, str], origin: str = API) -> str | None:
    found = proxy(environ, origin)
    return found and found.place


def test_small_letters_win_over_large_ones_and_https_over_all() -> None:
    all_of_them = {"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1", "all_proxy": "http://c:1",
                   "ALL_PROXY": "http://d:1", "http_proxy": "http://e:1", "HTTP_PROXY": "http://f:1"}
    for wanted in ("a:1", "b:1", "c:1", "d:1", None, None):
        assert place(all_of_them) == wanted
        all_of_them.pop(next(iter(all_of_them)))
    assert place({"https_proxy": "", "HTTPS_PROXY": "http://b:1"}) == "b:1"


def test_the_environment_wins_over_the_env_file() -> None:
    found = proxy({"HTTPS_PROXY": "http://b:1"}, env_file={"https_proxy": "http://a:1"})
    assert found is not None
    assert found.place == "b:1"
    assert proxy({}, env_file={"https_proxy": "http://a:1"}) is not None


def test_plain_http_goes_to_this_machine_and_to_no_proxy() -> None:
    everything = dict.fromkeys(("https_proxy", "all_proxy", "http_proxy", "HTTP_PROXY"), "http://a:1")
    assert place(everything, "http://127.0.0.1:8480") is None


@pytest.mark.parametrize(("url", "kind", "wanted", "login"), [
    ("http://p:3128", "http", "p:3128", None), ("p:3128", "http", "p:3128", None),
    ("HTTP://p:3128/", "http", "p:3128", None),
    ("https://p", "https", "p:443", None), ("http://[::1]:1", "http", "[::1]:1", None),
    ("http://u:p%40%3A%2F@p:1", "http", "p:1", ("u", "p@:/")), ("u@p:1", "http", "p:1", ("u", "")),
    ("http://u:a:b@p:1", "http", "p:1", ("u", "a:b"))])
def test_a_proxy_is_read_as_curl_reads_it(url: str, kind: str, wanted: str, login: tuple[str, str] | None) -> None:
    found = proxy({"https_proxy": url})
    assert found is not None
    assert (found.kind, found.place, found.login) == (kind, wanted, login)
    assert login is None or login[1] not in f"{found!r}{found.url}" or not login[1]


@pytest.mark.parametrize(("url", "word"), [
    ("socks5://p:1", "socks5"), ("socks5h://u:p@p:1", "socks5h"), ("xk9q://p:1", "kind"), ("http://p", "no port"),
    ("http://p:0", "port"), ("http://p:99999", "port"), ("http://", "no host"), ("http://a..b:1", "no host"),
    ("http://u:a/b@p:1", "password"), ("http://u:a@b@p:1", "password"), ("http://u:a%zz@p:1", "%"),
    ("http://u:%ff@p:1", "UTF-8"), ("http://u%3A:p@p:1", "user"), ("http://u:%0a@p:1", "password")])
def test_what_is_no_proxy_is_refused_by_the_name_of_its_variable(url: str, word: str) -> None:
    with pytest.raises(Fatal, match="ALL_PROXY") as caught:
        load({"INVOICED_API_KEY": "k", "ALL_PROXY": url})
    assert word in str(caught.value)
    assert "http://USER:PASSWORD@HOST:PORT" in str(caught.value)
    load({"ALL_PROXY": url}, without_key=True)


@given(st.sampled_from(["", "http://", "socks5://", "//", "x:"]), st.text(max_size=3), st.text(max_size=3))
def test_no_sentence_has_a_piece_of_a_proxy_s_password(scheme: str, between: str, behind: str) -> None:
    url = f"{scheme}clerk:{SECRET[0]}{between}{SECRET[1]}@p.invalid:1{behind}"
    try:
        said = repr(choose(API, {"https_proxy": url}, {}))
    except Unfit as error:
        said = str(error)
    for half in SECRET:
        assert half[:3] not in said
        assert half[1:] not in said


RULES = [("*", True), ("invoiced.com", True), (".invoiced.com", True), ("api.invoiced.com", True),
         ("API.Invoiced.COM", True),
         ("voiced.com", False), ("x, api.invoiced.com", True), ("x api.invoiced.com", True), ("com", True),
         ("xapi.invoiced.com", False), ("api.invoiced.com.", True), ("*.invoiced.com", False), ("10.0.0.0/8", False),
         (",,", False), ("", False)]


@pytest.mark.parametrize(("rule", "spared"), [*RULES, ("api.invoiced.com:443", True), ("api.invoiced.com:8443", False)])
def test_exceptions_are_names_and_all_below_them(rule: str, spared: bool) -> None:
    assert (place({"https_proxy": "http://p:1", "no_proxy": rule}) is None) is spared
    assert (place({"https_proxy": "http://p:1", "NO_PROXY": rule}) is None) is spared


@pytest.mark.parametrize(("rule", "spared"), [
    ("10.1.2.3", True), ("10.0.0.0/8", True), ("10.1.2.4", False), ("1.2.3", False), ("10.1.2.3/99", False)])
def test_exceptions_are_addresses_and_networks(rule: str, spared: bool) -> None:
    assert (place({"https_proxy": "http://p:1", "no_proxy": rule}, "https://10.1.2.3") is None) is spared
    assert place({"https_proxy": "http://p:1", "no_proxy": "[::1]:8443"}, "https://[::1]:8443") is None


@given(st.text(), st.text())
def test_any_text_is_a_proxy_or_refused(url: str, exceptions: str) -> None:
    try:
        choose(API, {"https_proxy": url, "no_proxy": exceptions}, {})
    except Unfit as error:
        assert error.variable == "https_proxy"  # noqa: PT017 - it may as well be one


# Whom TLS trusts.


def test_a_file_of_authorities_that_is_none_is_told_by_its_variable_and_path(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("no certificate\n")
    (tmp_path / "folder").mkdir()
    for variable, name in (("SSL_CERT_FILE", "missing"), ("SSL_CERT_FILE", "empty"), ("SSL_CERT_FILE", "folder"),
                           ("SSL_CERT_DIR", "missing"), ("SSL_CERT_DIR", "folder"), ("SSL_CERT_DIR", "empty")):
        with pytest.raises(Fatal, match=f"{variable} names {tmp_path / name}"):
            load({"INVOICED_API_KEY": "k", variable: str(tmp_path / name)})
        load({"INVOICED_API_KEY": "k", "INVOICED_BASE_URL": "http://127.0.0.1:1", variable: str(tmp_path / name)})
    subprocess.run(["openssl", "req", "-x509", "-subj", "/CN=x", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-nodes", "-keyout", "key", "-out", "folder/crt.pem"],
                   cwd=tmp_path, check=True, capture_output=True)
    subprocess.run(["openssl", "rehash", "folder"], cwd=tmp_path, check=True, capture_output=True)
    load({"INVOICED_API_KEY": "k", "SSL_CERT_FILE": str(tmp_path / "folder" / "crt.pem"),
          "SSL_CERT_DIR": f"/nowhere:{tmp_path / 'folder'}"})


def test_what_only_openssl_reads_is_told_in_an_env_file(tmp_path: Path) -> None:
    (tmp_path / "env").write_text("SSL_CERT_FILE=/x\n")
    with pytest.raises(Fatal, match="SSL_CERT_FILE is not read from the env file"):
        load({"INVOICED_API_KEY": "k"}, tmp_path / "env")
