"""The command line: parse, call, print, exit code. Results go to stdout, progress and logs to stderr."""

from __future__ import annotations

import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sync_daemon import __version__, log, streams
from sync_daemon.cli.arguments import Day, InOrder, ResourceName, env_file_option, json_option
from sync_daemon.cli.ending import GOES_ON, KEYLOG, end, fail, run_to_end, settings_of, stopped
from sync_daemon.errors import Exit, Fatal, NothingLoaded, plainly
from sync_daemon.model.resources import Resource
from sync_daemon.process import no_cores, raise_descriptors
from sync_daemon.terminal import visible
from sync_daemon.tuning import AS_IT_IS, Tuning

if TYPE_CHECKING:
    from sync_daemon.sync.session import SyncSession

EPILOG = """\b
Exit codes:
  0   done
  1   a bug in this program
  2   wrong usage
  3   partly: a resource failed, a record was rejected, or a difference remains
  75  temporary: network or database down, or stopped before the end; try again
  77  the API key is refused, or the account is closed
  78  configuration: a setting is wrong, or the schema is of another account

\b
Settings come from the environment (INVOICED_API_KEY, DATABASE_URL, ...), from --env-file,
and from files of the same names in $CREDENTIALS_DIRECTORY.
"""


@click.group(cls=InOrder, epilog=EPILOG,
             context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="invoiced-sync")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """An exact, fresh copy of an Invoiced account in your own Postgres.

    Try it without an account: `invoiced-sync demo`. For real: set INVOICED_API_KEY and DATABASE_URL, then
    `invoiced-sync check`, `invoiced-sync backfill`, and `invoiced-sync run` as a service.
    """
    no_cores()
    ctx.meta[KEYLOG] = os.environ.pop("SSLKEYLOGFILE", "")  # before any library sees it


@cli.command()
@env_file_option
@json_option
def check(env_file: Path | None, as_json: bool) -> None:
    """Say what is ready and what is not.

    Tests each setting, the database, the API and each resource; says what is wrong and what to do. Changes nothing.
    """
    from sync_daemon.cli.check import check as check_all
    from sync_daemon.settings.sources import survey

    settings, wrong = survey(os.environ, env_file)
    log.configure(settings.sync_log_level, settings.sync_log_format)
    around = {**os.environ, KEYLOG: click.get_current_context().meta[KEYLOG]}
    # its findings explain a 75: it does not mean stopped here
    raise SystemExit(run_to_end(check_all(settings, as_json=as_json, wrong=wrong, env_file=env_file, environ=around)))


@cli.command()
@env_file_option
@click.option("--print", "only_print", is_flag=True, help="Show the SQL of what is pending, and change nothing.")
def migrate(env_file: Path | None, only_print: bool) -> None:
    """Bring the schema up to date."""
    from sync_daemon.humanize import say_lines
    from sync_daemon.runtime import lifecycle

    settings = settings_of(env_file, without_key=True)
    if only_print:
        click.echo(visible(run_to_end(lifecycle.pending_sql(settings)), lines=True), nl=False)
        return
    names = run_to_end(lifecycle.migrate_only(settings))
    say_lines(*(names or [f"The schema {settings.sync_schema} is up to date."]))


@cli.command()
@env_file_option
@click.argument("resources", nargs=-1, type=ResourceName())
@click.option("--since", type=Day(), metavar="DATE", help="Only reread what changed since; moves no cursor.")
@click.option("--dry-run", is_flag=True, help="Show rows, requests and minutes to expect; write nothing.")
@json_option
@click.pass_obj
def backfill(tuning: Tuning, env_file: Path | None, resources: tuple[Resource, ...], since: int | None, dry_run: bool,
             as_json: bool) -> None:
    """Load the account, once.

    Resumes where it was stopped or killed. On a finished mirror it runs one cycle and ends; named lists are then read
    whole.
    """
    from sync_daemon.cli import progress_display
    from sync_daemon.cli.dry_run import dry_run as estimate
    from sync_daemon.runtime import jobs, lifecycle

    settings = settings_of(env_file, resources)
    if dry_run:
        run_to_end(estimate(settings, as_json=as_json))
        return

    async def work(session: SyncSession) -> Exit:
        with progress_display.load_display(session):
            code = await (jobs.backfill(session, at_once=bool(resources)) if since is None
                          else jobs.backfill_since(session, since))
        await progress_display.summary(session, as_json=as_json)
        return code

    end(run_to_end(lifecycle.supervise(settings, "backfill", work, tuning=tuning)), then=GOES_ON)


@cli.command()
@env_file_option
@click.argument("resource", type=ResourceName())
@click.option("--id", "ident", type=click.IntRange(1, 2**63 - 1), metavar="ID", help="Only this object.")
@json_option
@click.pass_obj
def resync(tuning: Tuning, env_file: Path | None, resource: Resource, ident: int | None, as_json: bool) -> None:
    """Read one resource again, in place.

    Reads it from its start, or only the object of --id. The table is never empty meanwhile. For `events` it fetches all
    that the API still has.
    """
    from sync_daemon.cli import progress_display
    from sync_daemon.runtime import jobs, lifecycle

    settings = settings_of(env_file)
    if resource not in settings.resources:
        fail(Fatal(f"SYNC_RESOURCES leaves {resource.name} out.", hint="Add it there.", exit_code=Exit.USAGE))

    async def work(session: SyncSession) -> Exit:
        if ident is not None:
            code, found = await jobs.resync_one_now(session, resource, ident)
            progress_display.told_of_one(session, resource.name, ident, found, as_json=as_json)
            return code
        with progress_display.load_display(session):
            code = await jobs.resync_now(session, resource)
        await progress_display.summary(session, as_json=as_json, only=resource.name)
        return code

    end(run_to_end(lifecycle.supervise(settings, "resync", work, tuning=tuning)), then=GOES_ON)


@cli.command()
@env_file_option
@click.argument("resources", nargs=-1, type=ResourceName())
@click.option("--repair", is_flag=True, help="Repair what differs.")
@click.option("--force", is_flag=True, help="With --repair: delete even a large part of a table.")
@json_option
@click.pass_obj
def verify(tuning: Tuning, env_file: Path | None, resources: tuple[Resource, ...], repair: bool, force: bool,
           as_json: bool) -> None:
    """Compare the mirror with the account.

    Says what is missing, extra or different; a difference counts only if a second reading confirms it. Ends with 0 if
    all is equal or was repaired, else with 3.
    """
    from sync_daemon.cli import progress_display
    from sync_daemon.cli.verify_report import show_findings
    from sync_daemon.progress import Progress
    from sync_daemon.runtime import jobs, lifecycle
    from sync_daemon.sync.verify import Findings

    if force and not repair:
        fail(Fatal("--force goes with --repair.", hint="Add --repair, or leave --force out.", exit_code=Exit.USAGE))
    settings = settings_of(env_file)
    if resources:
        settings = settings.model_copy(update={"sync_resources": tuple(resource.name for resource in resources)})

    async def work(session: SyncSession) -> Exit:
        found: list[Findings] = []
        with progress_display.load_display(session):
            code = await jobs.verify_now(session, repair=repair, force=force, found=found)
        show_findings(found, session.context.progress, as_json=as_json)
        return code

    async def compared() -> Exit:
        try:
            return await lifecycle.supervise(settings, "verify", work, tuning=tuning)
        except NothingLoaded:
            show_findings([Findings(resource.name, state="not loaded") for resource in settings.resources], Progress(),
                          as_json=as_json)
            return Exit.PARTLY

    end(run_to_end(compared()))


@cli.command()
@env_file_option
@click.pass_obj
def run(tuning: Tuning, env_file: Path | None) -> None:
    """Keep the mirror fresh, for ever.

    Does a first load if none was finished, then a cycle every SYNC_INTERVAL, sweeps and verifications at their own
    intervals, until SIGTERM or Ctrl-C.
    """
    from sync_daemon.runtime import service
    from sync_daemon.runtime.systemd import notifier, watchdog_seconds

    settings = settings_of(env_file)
    end(run_to_end(service.run(settings, notifier(os.environ), watchdog_seconds(os.environ), tuning)))


@cli.command()
@env_file_option
@json_option
@click.pass_obj
def status(tuning: Tuning, env_file: Path | None, as_json: bool) -> None:
    """Show what is mirrored, and how fresh.

    Also shows failures and recent runs. Reads only the database; ends with 3 if something is wrong.
    """
    from sync_daemon.cli.status import show_status

    end(run_to_end(show_status(settings_of(env_file, without_key=True, logs=False), tuning, as_json=as_json)))


@cli.command()
@click.option("--keep", is_flag=True, help="Stay up until Ctrl-C, so that you can look around.")
@click.option("--objects", default=20_000, show_default=True, type=click.IntRange(100, 1_000_000),
              help="Size of the pretend account.")
def demo(keep: bool, objects: int) -> None:
    """See it work, without an account.

    Runs a pretend account, an embedded Postgres, a backfill, some changes, and the daemon picking them up. Nothing is
    left behind.
    """
    from sync_daemon.cli.demo import run_demo

    log.configure("warning")
    end(run_to_end(run_demo(keep=keep, objects=objects)))


@cli.command()
@click.option("--port", default=8480, show_default=True, type=click.IntRange(0, 65535), help="0: any free one.")
@click.option("--objects", default=20_000, show_default=True, type=click.IntRange(100, 1_000_000),
              help="Size of the pretend account.")
@click.option("--seed", default=7, show_default=True, help="The same seed makes the same account.")
@json_option
def simulate(port: int, objects: int, seed: int, as_json: bool) -> None:
    """Serve only the pretend account.

    Over real HTTP on this machine, until Ctrl-C, so that settings can be tried against it.
    """
    from sync_daemon.simulator import Options, Simulator, serve_forever

    def announce(sim: Simulator) -> None:
        if as_json:
            click.echo(json.dumps({"url": sim.url, "api_key": sim.api_key}))
        else:
            click.echo(f"A pretend account of {objects:,} objects is up until Ctrl-C. To mirror it:\n\n"
                       f"  export INVOICED_BASE_URL={sim.url}\n  export INVOICED_API_KEY={sim.api_key}\n"
                       f"  invoiced-sync backfill\n")
        sys.stdout.flush()

    async def serve() -> None:
        try:
            await serve_forever(Options(seed=seed, objects=objects, books=True), port=port, announce=announce)
        except OSError as error:
            raise Fatal(f"The pretend account can't be served at port {port}: {plainly(error)}.",
                        hint="Name another --port; 0 is any free one.", exit_code=Exit.USAGE) from None

    run_to_end(serve())


@cli.command()
@env_file_option
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--list", "only_list", is_flag=True, help="Say which reports there are.")
@click.option("--as-of", metavar="DAY", help="At the end of this day; today (the default) and month-end are words too.")
@click.option("--from", "since", metavar="DAY", help="From this day on; the default is the first of the year.")
@click.option("--to", "upto", metavar="DAY", help="Up to this day, inclusive; the default is today.")
@click.option("--currency", metavar="CODE", help="Only this currency.")
@click.option("--customer", type=int, metavar="ID", help="Only this customer, by its id at Invoiced.")
@click.option("--buckets", default="30,60,90", show_default=True, metavar="DAYS", help="Edges of the buckets of aging.")
@click.option("--basis", type=click.Choice(["due_date", "date"]), default="due_date", show_default=True,
              help="From when the age of an item counts.")
@click.option("--by", type=click.Choice(["customer"]), help="Aging, with a row for each customer.")
@click.option("--format", "how", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
              help="A table for people, CSV for spreadsheets, JSON with amounts as text.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to this file: CSV, or JSON.")
def report(env_file: Path | None, name: str | None, only_list: bool, as_of: str | None, since: str | None,
           upto: str | None, currency: str | None, customer: int | None, buckets: str, basis: str, by: str | None,
           how: str, output: Path | None) -> None:
    """Answer a question about the books.

    Needs only the database, and reads only: aging, open-items, statement and others (--list). Ends with 3 if what the
    report rests on is not fresh or not complete.
    """
    from sync_daemon.cli import report as reports
    from sync_daemon.postgres.reports import REPORTS

    if only_list or name is None:
        reports.list_reports()
        return
    if name not in {one.name for one in REPORTS}:
        raise click.UsageError(f"There is no report {name!r}. `invoiced-sync report --list` says which there are.")
    try:
        edges = tuple(int(edge) for edge in buckets.split(",") if edge.strip())
    except ValueError:
        raise click.UsageError(f"--buckets takes days with commas between them, such as 30,60,90, not {buckets!r}."
                               ) from None
    wanted = reports.Wanted(as_of, since, upto, currency, customer, edges, basis, by)
    settings = settings_of(env_file, without_key=True)
    raise SystemExit(run_to_end(reports.report(settings, name, wanted, how=how, output=output)))


@cli.command()
def db() -> None:
    """Keep the embedded Postgres up."""
    from sync_daemon.cli.demo import keep_database

    run_to_end(keep_database())


def main(tuning: Tuning = AS_IT_IS) -> None:
    """Entry point; an unexpected error ends with a traceback and exit code 1.

    A reader of stdout that went away changes nothing; a result that could not be written ends with 75.
    """
    streams.prepare()
    raise_descriptors()
    try:
        code = _called(tuning)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else Exit.BUG
    if (error := streams.failure(sys.stdout)) is not None and code in {Exit.OK, Exit.PARTLY}:
        click.echo(f"invoiced-sync: the result could not be written: {plainly(error)}.", err=True)
        click.echo("  Check where stdout leads, then run it again.", err=True)
        code = Exit.TEMPORARY
    sys.exit(code)


def _called(tuning: Tuning) -> int:
    try:
        return int(cli(obj=tuning, standalone_mode=False) or 0)
    except click.exceptions.Abort:  # Ctrl-C before there was anything to stop
        return stopped()
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last resort, so that a bug has its own exit code
        if log.is_journal(sys.stderr, os.environ):
            log.ensure_configured()
            log.log().critical("program.crashed", hint="This is a bug: please report it with this line.", exc_info=True)
        else:
            click.echo(visible("".join(traceback.format_exception(error)), lines=True), nl=False, err=True)
        return Exit.BUG
