"""Database URLs as people write them: with any password, by services and variables, as hosted databases hand them out.
The real program; what it writes and whom it asks for is kept."""

from __future__ import annotations

import itertools
import os
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from sync_daemon.simulator import Simulator
from tests.support.mirror import query, settings
from tests.support.program import PYTHONPATH, Ended, Programs
from tests.support.servers import Postgres

VERBS = ("run", "check", "status", "backfill")
SECRET = ("xk9q", "vz7w")
"""Two halves of a password, of letters that occur in no sentence of the program."""
ODD = ("/", "?", "#", "[", "]", "@", "%", " ", "%zz", "@@", "/@", "?@", ":&=+", "\\\"'é")
MUST_BE_ESCAPED = set("/?#[]@% ")
FEW = ("items", "company")

# A test has nothing else to do while it reads a small file.
# ruff: noqa: ASYNC240

NOTED = """
import os, socket
_real = socket.getaddrinfo
def getaddrinfo(host, *arguments, **more):
    with open(os.environ["ASKED_FOR"], "a") as file:
        file.write(f"{host!r}\\n")
    return _real(host, *arguments, **more)
socket.getaddrinfo = getaddrinfo
"""


@pytest.fixture
def noted(tmp_path: Path) -> dict[str, str]:
    """An environment in which every name that is looked up is written down, in the file ASKED_FOR."""
    (tmp_path / "noted").mkdir()
    (tmp_path / "noted" / "sitecustomize.py").write_text(NOTED)
    (tmp_path / "asked").touch()
    return {"PYTHONPATH": f"{tmp_path / 'noted'}:{PYTHONPATH}", "ASKED_FOR": str(tmp_path / "asked")}


def pieces(text: str) -> set[str]:
    return {text[at:at + 3] for at in range(len(text) - 2)}


def assert_silent(password: str, ended: Ended, asked: str, what: object) -> None:
    """Nothing that was written or asked for has a piece of the password; what a remedy tells to write is no piece."""
    said = ended.stdout + ended.stderr
    for piece in pieces(password):
        if any(half[:2] in piece or half[1:3] in piece or half[2:] in piece for half in SECRET):
            assert piece not in said, (what, piece, said)
    for half in SECRET:
        assert half not in asked, (what, asked)


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["run", "check"])
@pytest.mark.parametrize("letters", [ODD[:6], ODD[6:]], ids=["reserved", "others"])
async def test_no_piece_of_a_password_is_written_or_looked_up_whatever_is_in_it(
        verb: str, letters: tuple[str, ...], programs: Programs, sim: Simulator, noted: dict[str, str]) -> None:
    for letter in letters:
        password = letter.join(SECRET)
        for written in [password, *([quote(password, safe="")] if letter in {"@", "[", "?@"} else [])]:
            told = settings(sim, f"postgresql://clerk:{written}@books.invalid:5433/ledger?sslmode=require")
            Path(noted["ASKED_FOR"]).write_text("")
            ended = await programs.call(verb, **told, **noted)
            asked = Path(noted["ASKED_FOR"]).read_text()
            assert_silent(password, ended, asked, (verb, written))
            escaped = written != password or not set(letter) & MUST_BE_ESCAPED
            assert ended.code == (75 if escaped else 78), (verb, written, ended.stderr)
            assert ("books.invalid" in asked) == escaped
            if not escaped:
                assert "DATABASE_URL" in ended.stdout + ended.stderr
                assert "%40 for @" in " ".join((ended.stdout + ended.stderr).split())


# Services, variables, and what hosted databases hand out.


def place_of(dsn: str) -> tuple[str, str]:
    """The folder of the socket, and the database."""
    return parse_qs(urlsplit(dsn).query)["host"][0], urlsplit(dsn).path[1:]


def without_url(sim: Simulator, **more: str) -> dict[str, str]:
    return {name: value for name, value in settings(sim, "", SYNC_RESOURCES=",".join(FEW), **more).items()
            if name != "DATABASE_URL"}


@pytest.mark.parametrize("how", ["PGSERVICE", "service= in the URL"])
async def test_a_service_leads_into_the_database_that_psql_would_open(
        how: str, programs: Programs, sim: Simulator, database: str) -> None:
    folder, name = place_of(database)
    (programs.folder / ".pg_service.conf").write_text(f"[books]\nhost={folder}\ndbname={name}\nuser=postgres\n")
    told = without_url(sim, PGSERVICE="books") if how == "PGSERVICE" else \
        without_url(sim) | {"DATABASE_URL": "postgresql:///?service=books"}
    ended = await programs.call("backfill", **told)
    assert ended.code == 0, ended.stderr
    assert (await query(database, "SELECT count(*) FROM invoiced.items"))[0][0] == sim.account.count("items")


async def test_a_service_that_is_not_there_is_78_and_nothing_else_is_used_instead(
        programs: Programs, sim: Simulator) -> None:
    for verb in VERBS:
        ended = await programs.call(verb, **without_url(sim, PGSERVICE="books"))
        assert ended.code == 78, ended.stderr
        assert "There is no service 'books'" in " ".join((ended.stdout + ended.stderr).split())
    assert not (programs.folder / ".local").exists(), "no embedded Postgres was made"


HOSTED = ("application_name=ours&connect_timeout=15&gssencmode=disable&keepalives=1&keepalives_idle=30&sslsni=1&"
          "sslcompression=0&load_balance_hosts=disable&target_session_attrs=read-write&client_encoding=UTF8&pgbouncer=true&"
          "ssl_min_protocol_version=TLSv1.2&channel_binding=prefer&fallback_application_name=x&krbsrvname=postgres")


async def test_a_url_as_hosted_databases_hand_it_out_works(
        programs: Programs, sim: Simulator, debian: Postgres, books: str) -> None:
    ended = await programs.call("backfill", **settings(
        sim, f"postgresql://postgres:pw@localhost:{debian.port}/{books}?sslmode=require&{HOSTED}",
        SYNC_RESOURCES=",".join(FEW)))
    assert ended.code == 0, ended.stderr
    assert (await query(debian.url(books), "SELECT count(*) FROM invoiced.items"))[0][0] == sim.account.count("items")


@pytest.mark.parametrize("asked", ["sslrootcert=system", "sslmode=require&channel_binding=require"])
async def test_the_authorities_of_the_system_can_be_trusted(
        asked: str, programs: Programs, sim: Simulator, debian: Postgres, books: str) -> None:
    url = f"postgresql://postgres@localhost:{debian.port}/{books}?{asked}"
    of_the_system = {"SSL_CERT_FILE": f"{debian.folder}/authority.crt", "SSL_CERT_DIR": "/nowhere"}
    ended = await programs.call("backfill", **settings(sim, url, SYNC_RESOURCES="company"), **of_the_system)
    assert ended.code == 0, ended.stderr
    ended = await programs.call("backfill", **settings(sim, url, SYNC_RESOURCES="company"),
                                **of_the_system | {"SSL_CERT_FILE": f"{debian.folder}/stranger.crt"})
    assert ended.code == 78
    assert ended.says("certificate", "sslrootcert")


async def test_no_keys_of_the_line_are_written_for_others_to_read_along(
        programs: Programs, sim: Simulator, debian: Postgres, books: str, tmp_path: Path) -> None:
    ended = await programs.call("migrate", SSLKEYLOGFILE=str(tmp_path / "keys"), DATABASE_URL=(
        f"postgresql://postgres@localhost:{debian.port}/{books}?sslmode=verify-full&sslrootcert={debian.folder}/"
        "authority.crt"))
    assert ended.code == 0, ended.stderr
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("verb", ["run", "check"])
@pytest.mark.parametrize(("more", "words"), [
    ({"PGHOST": "127.0.0.1", "PGSSLMODE": "disable", "PGCHANNELBINDING": "require"},
     ("channel_binding=require", "sslmode=verify-full")),
    ({"PGHOST": "127.0.0.1", "PGGSSENCMODE": "require"}, ("PGGSSENCMODE", "sslmode")),
    ({"PGHOST": "127.0.0.1", "PGPORT": "five"}, ("PGPORT", "65535")),
    ({"PGHOST": "127.0.0.1", "PGPORT": "65536"}, ("PGPORT",)),
    ({"PGHOST": "127.0.0.1", "PGCONNECT_TIMEOUT": "soon"}, ("PGCONNECT_TIMEOUT",)),
    ({"PGHOST": f"{'a' * 64}.invalid"}, ("PGHOST",)),
    ({"DATABASE_URL": "postgresql://u@127.0.0.1:99999/d"}, ("DATABASE_URL", "65535")),
    ({"DATABASE_URL": "postgresql://u@127.0.0.1:five/d"}, ("DATABASE_URL", "65535")),
    ({"DATABASE_URL": "postgresql://u@a..b/d"}, ("DATABASE_URL", "host")),
    ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/d?sslmode=verify-full&sslrootcert=ca.pem"},
     ("sslrootcert", "/cwd/ca.pem", "No such file")),
    ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/d?sslcert=/nowhere/me.pem"},
     ("sslcert", "/nowhere/me.pem", "No such file")),
    ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/d?ssl_min_protocol_version=SSLv3"}, ("ssl_min_protocol_version",)),
    ({"PGHOST": "127.0.0.1", "PGSSLMODE": "verify-ca", "PGSSLROOTCERT": "/nowhere"}, ("PGSSLROOTCERT", "No such file")),
    ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/d?search_path=x"}, ("not known to libpq", "options=-c")),
])
async def test_what_can_not_be_used_is_78_by_name(
        verb: str, more: dict[str, str], words: tuple[str, ...], programs: Programs, sim: Simulator) -> None:
    ended = await programs.call(verb, **without_url(sim) | more)
    assert ended.code == 78, ended.stderr
    said = " ".join((ended.stdout + ended.stderr).split())
    for word in words:
        assert word in said
    assert verb == "check" or ended.says(), ended.stderr


async def test_variables_of_libpq_in_an_env_file_are_not_passed_over(programs: Programs, tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("INVOICED_API_KEY=x\nPGHOST=books.invalid\nPGPASSWORD=pl4nted-w0rd\n")
    ended = await programs.call("backfill", "--env-file", str(file))
    assert ended.code == 78
    assert ended.says("PGHOST is not read from the env file", "PGPASSWORD is not read", "DATABASE_URL")
    assert "pl4nted" not in ended.stderr


_uids = itertools.count(54321)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody without a name")
@pytest.mark.slow
async def test_a_user_without_a_name_on_this_machine_is_asked_for_one(
        ordinary: dict[str, str], programs: Programs, sim: Simulator) -> None:
    for verb in VERBS:
        ended = await programs.call(verb, **without_url(sim, PGHOST="127.0.0.1", PGPORT="1") | {"HOME": ""},
                                    user=next(_uids))
        assert ended.code == 78, ended.stderr
        assert "PGUSER" in ended.stdout + ended.stderr
        ended = await programs.call(verb, **without_url(sim, PGHOST="127.0.0.1", PGPORT="1", PGUSER="u") | {"HOME": ""},
                                    user=next(_uids))
        assert ended.code == 75, ended.stderr
