"""Where the database is: what is accepted is what libpq makes of it, all else is refused by name.

libpq itself is asked (tests/support/oracle.py). No message holds a piece of a password.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sync_daemon.settings import database_url, libpq
from sync_daemon.settings.database_url import Unusable, parse_url
from sync_daemon.settings.libpq import Target, target
from tests.support import oracle

PLACES = ("user", "password", "host", "hostaddr", "port", "dbname")
SECRET = ("xk9q", "vz7w")
"""Two halves of a password, of letters that occur in no sentence of ours."""
ODD = (*"/?#[]@% :\\\"'`^|<>{}&=+;,!$*()~-_.", "\t", "\n", "%zz", "%0", "é", "日", "%00")


def refused(url: str | None, environ: Mapping[str, str] | None = None) -> Unusable:
    with pytest.raises(Unusable) as caught:
        target(url, environ or {})
    assert str(caught.value).endswith(".")
    assert caught.value.hint.endswith(".")
    return caught.value


def complaint(url: str) -> str | None:
    """What is said of a URL, if it is refused."""
    try:
        target(url, {})
    except Unusable as error:
        return f"{error} {error.hint}"
    return None


def pieces(text: str) -> set[str]:
    return {text[at:at + 3] for at in range(len(text) - 2)}


# URLs, compared with libpq.


@given(st.lists(st.sampled_from([
    "u", "h1", "h2", "d", "s3c", ":", "/", "/", "@", "?", "#", "[", "]", "[::1]", "%40", "%2Ftmp", "%zz", ",", "5",
    "0", "99999", "port=1", "host=x", "user=y", "&", "=", " ", "é", "+", "dbname=z", "hostaddr=127.0.0.1",
    "password=p+q"]), max_size=12).map("".join))
@example("u:s3c@h1:5433,h2/d?host=x")
@example("h1,h2:5433/d")
@example(",h2/d?port=1")
@example("/d?password=p+q&user=y")
def test_a_url_that_is_accepted_means_what_libpq_makes_of_it(rest: str) -> None:
    url = f"postgresql://{rest}".strip()
    if (said := complaint(url)) is not None:
        assert "s3c" not in said
        assert "p+q" not in said
        return
    ours, theirs = parse_url(url), oracle.parsed(url)
    if theirs is None:
        assert re.search(r"[?&][^&=]*=[^&]*=", url), "only a second = is taken as what it can but be"
        return
    for name in PLACES:
        assert ours.get(name, "").strip(",") == theirs.get(name, "").strip(","), name


@pytest.mark.parametrize("letter", ODD)
@pytest.mark.parametrize("where", [
    "postgresql://clerk:{}@books.invalid/db", "postgresql://:{}@books.invalid:5433/db?sslmode=require",
    "postgresql://clerk:{}@[::1]:5433/db", "postgresql://clerk:{}@h1,h2/db"])
def test_no_message_has_a_piece_of_the_password_and_no_piece_is_taken_for_a_host(letter: str, where: str) -> None:
    password = letter.join(SECRET)
    if (said := complaint(where.format(password))) is not None:
        assert not pieces(password) & pieces(said)
        assert "%40 for @" in said
        return
    found = target(where.format(password), {})
    for half in SECRET:
        assert half not in "".join(host.name for host in found.hosts) + found.database + repr(found)
    theirs = oracle.parsed(where.format(password))
    assert theirs is not None
    assert {host.password or found.user for host in found.hosts} == {theirs.get("password") or theirs["user"]}


@pytest.mark.parametrize("letter", "/?#[]@% :\\\"'é&=+")
def test_an_escaped_character_is_what_it_stands_for(letter: str) -> None:
    escaped = "".join(f"%{byte:02x}" for byte in letter.encode())
    (host,) = target(f"postgresql://clerk:{SECRET[0]}{escaped}{SECRET[1]}@books.invalid/db", {}).hosts
    assert host.password == letter.join(SECRET)


@pytest.mark.parametrize("letter", "/?#[]@% ")
def test_an_unescaped_character_is_named_as_what_is_most_likely_wrong(letter: str) -> None:
    said = refused(f"postgresql://clerk:{SECRET[0]}{letter}{SECRET[1]}@books.invalid/db")
    assert "most likely within the password" in str(said)


# Each parameter of libpq is kept, means nothing to us, or is refused by its name.


def test_every_parameter_of_libpq_is_judged_and_its_variable_is_the_same() -> None:
    theirs = oracle.keywords()
    for name, variable in theirs.items():
        judged = [name in database_url.VARIABLES, name in database_url.PASSED_OVER, name in database_url.ONLY]
        assert sum(judged) == 1, name
        ours = database_url.VARIABLES.get(name, database_url.ONLY.get(name, (variable,))[0])
        assert ours == variable, name
    assert set(database_url.VARIABLES) - set(theirs) == {"servicefile", "requiressl"}


@pytest.mark.parametrize("query", [
    "sslmode=require&channel_binding=prefer", "keepalives=1&keepalives_idle=30&tcp_user_timeout=9", "gssencmode=prefer",
    "load_balance_hosts=random", "sslcompression=0&sslsni=1", "client_encoding=LATIN1", "pgbouncer=true",
    "connect_timeout=15", "target_session_attrs=read-write", "application_name=us&fallback_application_name=x",
    "replication=false", "sslnegotiation=postgres", "krbsrvname=postgres", "require_auth=", "ssl=true",
    "sslmode=require&supa=base-pooler.x"])
def test_what_hosted_databases_put_into_their_urls_is_taken(query: str) -> None:
    found = target(f"postgresql://u:p@h/d?{query}", {})
    assert found.server.keys() <= {"application_name"}


@pytest.mark.parametrize(("parameter", "variable"), [
    (name, variable) for name, (variable, _, _) in sorted(database_url.ONLY.items())])
def test_what_can_not_be_kept_is_refused_by_name(parameter: str, variable: str) -> None:
    said = refused(f"postgresql://u:p@h/d?{parameter}=require")
    assert parameter in str(said)
    if variable:
        assert variable in str(refused("postgresql://u:p@h/d", {variable: "require"}))
        assert target(f"postgresql://u:p@h/d?{parameter}=", {variable: "require"})


@pytest.mark.parametrize(("query", "sslmode", "root"), [
    ("sslmode=require&channel_binding=require", "verify-full", "system"),
    ("channel_binding=require", "verify-full", "system"),
    ("sslmode=require&channel_binding=require&sslrootcert=/x", "verify-full", "/x"),
    ("sslmode=verify-ca&channel_binding=require&sslrootcert=/x", "verify-ca", "/x"),
    ("sslmode=require&channel_binding=prefer", "require", None)])
def test_channel_binding_is_kept_by_a_certificate_that_is_checked(query: str, sslmode: str, root: str | None) -> None:
    found = target(f"postgresql://u:p@h/d?{query}", {})
    assert (found.sslmode, found.tls.get("sslrootcert")) == (sslmode, root)


def test_channel_binding_without_tls_is_refused() -> None:
    assert "channel_binding" in str(refused("postgresql://u:p@h/d?sslmode=disable&channel_binding=require"))


@pytest.mark.parametrize("query", ["search_path=x", "statement_timeout=5", "sslaccept=strict", "password=se&cret1=x"])
def test_what_libpq_does_not_know_is_refused_and_not_sent_to_the_server(query: str) -> None:
    said = refused(f"postgresql://u:p@h/d?sslmode=require&{query}")
    assert "of DATABASE_URL is not known to libpq" in str(said)
    assert "cret1" not in f"{said} {said.hint}"
    assert "options=-c" in said.hint


def test_options_are_sent_to_the_server() -> None:
    assert target("postgresql:///d?options=-c%20statement_timeout%3D5s", {}).server == {
        "options": "-c statement_timeout=5s"}
    assert target("postgresql:///d?options=-csearch_path=x", {"PGOPTIONS": "-c y=1"}).server["options"] == (
        "-csearch_path=x")
    assert target(None, {"PGOPTIONS": "-c y=1", "PGAPPNAME": "us"}).server == {
        "options": "-c y=1", "application_name": "us"}


@pytest.mark.parametrize(("text", "seconds"), [("15", 15.0), ("1", 2.0), ("0", None), ("-1", None), (" 7 ", 7.0)])
def test_the_time_for_a_host_can_be_set(text: str, seconds: float | None) -> None:
    assert target(f"postgresql:///d?connect_timeout={text.strip()}", {}).timeout == seconds
    assert target("postgresql:///d", {"PGCONNECT_TIMEOUT": text}).timeout == seconds


@pytest.mark.parametrize(("environ", "word"), [
    ({"PGPORT": "0"}, "PGPORT"), ({"PGPORT": "65536"}, "PGPORT"), ({"PGPORT": "five"}, "PGPORT"),
    ({"PGPORT": "５４３２"}, "PGPORT"), ({"PGHOST": "a" * 64}, "PGHOST"), ({"PGHOST": "a..b"}, "PGHOST"),
    ({"PGHOST": "two words"}, "PGHOST"), ({"PGHOST": "@abstract"}, "PGHOST"), ({"PGHOST": "/" + "x" * 100}, "too long"),
    ({"PGSSLMODE": "maybe"}, "PGSSLMODE"), ({"PGTARGETSESSIONATTRS": "best"}, "PGTARGETSESSIONATTRS"),
    ({"PGCONNECT_TIMEOUT": "soon"}, "PGCONNECT_TIMEOUT"), ({"PGHOST": "a,b", "PGPORT": "1,2,3"}, "ports"),
    ({"PGHOST": "a", "PGHOSTADDR": "127.0.0.1"}, "hostaddr"), ({"PGSSLNEGOTIATION": "direct"}, "sslnegotiation"),
    ({"PGSSLROOTCERT": "system", "PGSSLMODE": "require"}, "verify-full")])
def test_wrong_values_are_named(environ: dict[str, str], word: str) -> None:
    said = refused(None, environ)
    assert word in f"{said} {said.hint}"


@pytest.mark.parametrize("rest", [
    "h:0/d", "h:65536/d", "h:five/d", f"{'a' * 64}/d", "a..b/d", "/d?port=x", "/d?host=a%20b", "h:1:2/d", "[::1/d",
    "::1/d", "h/d?x", "h/%ff", "h/d?host=@x", "%2F" + "x" * 100 + "/d"])
def test_a_url_that_leads_nowhere_is_refused_before_anything_is_asked(rest: str) -> None:
    with pytest.raises(Unusable):
        parse_url(f"postgresql://{rest}")


# Who wins.


def test_hosts_are_taken_one_by_one_with_their_ports() -> None:
    def places(url: str | None, environ: Mapping[str, str] | None = None) -> list[tuple[str, int]]:
        return [(host.name, host.port) for host in target(url, environ or {}).hosts]

    assert places("postgresql://h1:5433,h2,[::1]:1/d", {"PGPORT": "7"}) == [("h1", 5433), ("h2", 5432), ("::1", 1)]
    assert places("postgresql://h1,h2/d", {"PGPORT": "7"}) == [("h1", 7), ("h2", 7)]
    assert places("postgresql://h1/d?host=/tmp&port=9") == [("/tmp", 9)]
    assert places(None, {"PGHOST": "a,b", "PGPORT": "1,2"}) == [("a", 1), ("b", 2)]
    assert places(None, {"PGHOSTADDR": "127.0.0.1"}) == [("127.0.0.1", 5432)]
    assert places("postgresql:///d")[-1] == ("localhost", 5432)
    assert places("postgresql:///d")[0] == ("/run/postgresql", 5432)


@pytest.fixture
def process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The home folder of this process, so that libpq itself reads the same as we do."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


SERVICE_FILE = """# ours
[other]
host=wrong
[books]
host=h1,h2
port=5433,5434
 dbname=ledger
user=clerk
password=a=b c
sslmode=verify-full
application_name=first
application_name=second
[last]
dbname=wrong
"""


@pytest.mark.parametrize("how", ["home", "file", "folder"])
def test_a_service_is_read_as_libpq_reads_it(how: str, process: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = {"home": ".pg_service.conf", "file": "anywhere.conf", "folder": "etc/pg_service.conf"}[how]
    (process / "etc").mkdir()
    (process / path).write_text(SERVICE_FILE)
    variables = {"home": {}, "file": {"PGSERVICEFILE": str(process / path)},
                 "folder": {"PGSYSCONFDIR": str(process / "etc")}}[how] | {"PGSERVICE": "books", "PGUSER": "someone"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    theirs, found = oracle.defaults(), target(None, os.environ)
    assert ",".join(host.name for host in found.hosts) == theirs["host"]
    assert ",".join(str(host.port) for host in found.hosts) == theirs["port"]
    assert (found.database, found.user, found.sslmode) == (theirs["dbname"], theirs["user"], theirs["sslmode"])
    assert {host.password for host in found.hosts} == {theirs["password"]}
    assert found.server == {"application_name": theirs["application_name"]}
    assert found.user == "clerk", "the service counts for more than a variable"
    by_url = target("postgresql://me@/?service=books&dbname=mine", os.environ)
    assert (by_url.user, by_url.database, by_url.hosts[0].name) == ("me", "mine", "h1")


@pytest.mark.parametrize(("text", "words"), [
    (None, "no service 'books'"), ("[other]\nhost=h\n", "no service 'books'"), ("[books]\nhost h\n", "Line 2"),
    ("[books]\n\nservice=x\n", "Line 3"), ("[books]\nldap://x\n", "Line 2"), ("[books]\npasswort=pl4nted\n", "Line 2"),
    ("[books]\nchannel_binding=x\n", "channel_binding"), ("[books]\nport=x\n", "PGPORT or the service")])
def test_a_service_that_can_not_be_used_is_refused(text: str | None, words: str, process: Path) -> None:
    if text is not None:
        (process / ".pg_service.conf").write_text(text)
    said = refused(None, {"PGSERVICE": "books", "HOME": str(process), "PGSYSCONFDIR": str(process)})
    assert words in f"{said} {said.hint}"
    assert "pl4nted" not in f"{said} {said.hint}"


def password_for(url: str, home: Path, **environ: str) -> str:
    return target(url, {"HOME": str(home), **environ}).hosts[0].password


def test_a_password_file_is_read_as_libpq_reads_it(tmp_path: Path) -> None:
    file = tmp_path / ".pgpass"
    file.write_text("# localhost:*:*:*:no\n\nh1:5433:*:clerk:f\\:ir\\\\st:x\nh1:*:ledger:*:second\r\n/s:*:*:*:third\n"
                    "localhost:*:*:*:fourth\n*:*:a\\:b:*:fifth\n")
    file.chmod(0o600)
    assert password_for("postgresql://clerk@h1:5433/ledger", tmp_path) == "f:ir\\st:x"
    assert password_for("postgresql://clerk@h1/ledger", tmp_path) == "second"
    assert password_for("postgresql://clerk@/d?host=/s", tmp_path) == "third"
    assert password_for("postgresql://clerk@/d?host=/run/postgresql", tmp_path) == "fourth"
    assert password_for("postgresql://clerk@h9/a:b", tmp_path) == "fifth"
    assert password_for("postgresql://clerk@h9/none", tmp_path) == ""
    assert password_for("postgresql://clerk:own@h1/ledger", tmp_path) == "own"
    assert password_for("postgresql://clerk@h1/ledger", tmp_path, PGPASSWORD="set") == "set"
    assert password_for("postgresql://clerk@h1/ledger", tmp_path, PGPASSFILE="/nowhere") == ""
    assert password_for(f"postgresql://clerk@h1/ledger?passfile={file}", Path("/nowhere")) == "second"
    file.chmod(0o640)
    assert password_for("postgresql://clerk@h1/ledger", tmp_path) == "", "others can read it: libpq passes it over"


def test_a_password_that_is_not_utf8_is_told_without_a_piece_of_it(tmp_path: Path) -> None:
    file = tmp_path / ".pgpass"
    file.write_bytes(b"h2:*:*:*:0ther-\xe9\nh1:*:*:*:pl4nted-\xe9\n")
    file.chmod(stat.S_IRUSR)
    error = refused(f"postgresql://clerk@h1/ledger?passfile={file}")
    assert "not UTF-8" in str(error)
    assert "PGPASSFILE" in error.hint
    assert not [piece for piece in ("pl4nted", "udce9") if piece in str(error) + error.hint]
    target(f"postgresql://clerk@h3/ledger?passfile={file}", {"HOME": str(tmp_path)})  # of another line nothing hangs


def test_each_host_has_its_own_password(tmp_path: Path) -> None:
    (tmp_path / ".pgpass").write_text("h1:*:*:*:0ne\nh2:*:*:*:tw0\n")
    (tmp_path / ".pgpass").chmod(stat.S_IRUSR)
    found = target("postgresql://u@h1,h2,h3/d", {"HOME": str(tmp_path)})
    assert [host.password for host in found.hosts] == ["0ne", "tw0", ""]
    assert "0ne" not in repr(found)


# The user of the machine.


def test_who_names_no_user_is_who_they_are_on_this_machine() -> None:
    name = pwd.getpwuid(os.geteuid()).pw_name
    found = target("postgresql://h", {"USER": "somebody else", "LOGNAME": "somebody else"})
    assert (found.user, found.database) == (name, name)


def test_a_user_without_a_name_on_this_machine_is_asked_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(uid: int) -> pwd.struct_passwd:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert "PGUSER" in refused("postgresql://h/d").hint
    found = target("postgresql://u@h/d", {})
    assert isinstance(found, Target)
    assert found.home is None


def test_where_anyone_can_make_a_socket_one_of_a_stranger_is_not_asked(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(libpq, "SOCKETS", (str(tmp_path),))
    monkeypatch.setattr(libpq, "SHARED", (str(tmp_path),))
    assert [host.name for host in target("postgresql:///d", {}).hosts] == [str(tmp_path), "localhost"]
    (tmp_path / ".s.PGSQL.5432").touch()
    assert [host.name for host in target("postgresql:///d", {}).hosts] == [str(tmp_path), "localhost"]
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr(libpq, "_is_known", lambda uid: False)
    assert [host.name for host in target("postgresql://u@/d", {}).hosts] == ["localhost"]
    assert [host.name for host in target(f"postgresql://u@/d?host={tmp_path}", {}).hosts] == [str(tmp_path)]
