"""The commands around digests: digest, subscribe, unsubscribe, subscribers, bounces.

What belongs here: arguments, printing, exit codes, and the words around digests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from datetime import date as date_type
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from ..digest.items import Digest, Period, find_period, read_digest
from ..files import write_whole
from ..showing.terminal import out, plain, print_rows
from ..warehouse.folder import Warehouse
from ..warehouse.settings_file import SettingsError
from .arguments import DEFAULT_FOLDER, Folder, fail, first_line, open_house, reading

if TYPE_CHECKING:
    from ..digest.subscriptions import Subscriptions

app = typer.Typer()

#: Digests in a feed.
FEED_ENTRIES = 20


@app.command()
def digest(
    period: Annotated[Period, typer.Option(help="What it covers.")] = Period.day,
    date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="A day of the period (default: the latest one with news that is over)."
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write each subscriber's message as .eml; nothing is sent or recorded.")
    ] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it to the subscribers who have not got it.")] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Answer to the unsubscribe links of mails until stopped; makes no digest.")
    ] = False,
    at: Annotated[str, typer.Option("--at", help="With --serve: where it listens.")] = "127.0.0.1:8025",
    read_mailbox: Annotated[
        Path | None,
        typer.Option("--read-mailbox", help="Heed unsubscribe mails and bounces in a maildir; makes no digest."),
    ] = None,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Make the digest of a day or week: new, trending and returning papers, rising keywords.

    It is shown, and written to `digests/` of the warehouse as Markdown, HTML, text and an Atom feed. Each sentence is a
    row of `marts.digest_items`. Every subscriber gets a period at most once.

    Mail is set up by the environment: `PAPERHOUSE_SMTP_HOST`, `PAPERHOUSE_MAIL_FROM`, and where needed
    `PAPERHOUSE_SMTP_USER`, `PAPERHOUSE_SMTP_PASSWORD`, `PAPERHOUSE_SMTP_PORT`, `PAPERHOUSE_SMTP_SECURITY` (`starttls`,
    `tls`; `none` on this machine only) and `PAPERHOUSE_SMTP_CA_FILE`.

    Readers leave by one click where `warehouse.toml` says in `[digest]` the `unsubscribe_url` (https, with `{token}` in
    it) at which your web server passes on to `--serve`, or the `unsubscribe_mail` whose maildir `--read-mailbox` reads.
    Tokens are signed by `PAPERHOUSE_MAIL_SECRET`, or what the file `PAPERHOUSE_MAIL_SECRET_FILE` holds: keep it out of
    logs and backups that others read.
    """
    if sum((dry_run, send, serve, read_mailbox is not None)) > 1:
        fail("--dry-run, --send, --serve and --read-mailbox exclude each other.", "Do one after the other.")
    house = open_house(warehouse)
    if serve:
        return _serve(house, at)
    if read_mailbox is not None:
        return _read_mailbox(house, read_mailbox)
    _make_digest(house, period, date.date() if date else None, dry_run, send)


@app.command()
def subscribe(
    address: Annotated[str, typer.Argument(help="E-mail address.")],
    keyword: Annotated[
        list[str] | None, typer.Option(help="Only what has to do with this keyword; may be given several times.")
    ] = None,
    period: Annotated[Period, typer.Option(help="How often.")] = Period.day,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Subscribe a reader to the digest, or change what a reader gets. No rebuild touches subscriptions."""
    from ..digest.subscriptions import AddressError

    house = open_house(warehouse)
    with _subscriptions(house) as subscriptions:
        try:
            is_new = subscriptions.subscribe(address, period, keyword or [])
        except AddressError as error:
            fail(str(error))
    only = f", with {', '.join(keyword)}" if keyword else ""
    out.print(f"{'Subscribed' if is_new else 'Changed'}: {plain(address)}, every {period}{plain(only)}.")
    _warn_of_unknown(house, keyword or [])


@app.command()
def unsubscribe(
    name: Annotated[str, typer.Argument(help="E-mail address, or the token from an unsubscribe mail or link.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Take a reader off the list. What was sent stays on record, so that nothing is sent twice."""
    with _subscriptions(open_house(warehouse)) as subscriptions:
        address = subscriptions.unsubscribe(name)
    if address is None:
        fail(f"Nobody with the address or token {name!r} is subscribed.", "`paperhouse subscribers` lists all.")
    out.print(f"Unsubscribed: {plain(address)}")


@app.command()
def subscribers(
    deliveries: Annotated[
        bool, typer.Option("--deliveries", help="Also list what was sent, and how it ended.")
    ] = False,
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """List readers, their keywords, and whether their mail came back; with --deliveries every message.

    A message is `sending` from before the server hears of it until its answer. Where that state stays, a crash or a
    lost connection left it unknown whether it went out, and it is not sent again. `deferred` is tried again by the next
    run; `sent`, `refused` and `bounced` are final.
    """
    with _subscriptions(open_house(warehouse)) as subscriptions:
        readers, messages = subscriptions.list_subscribers(), subscriptions.list_deliveries()
    print_rows(
        ["address", "period", "keywords", "since", "bounced"],
        [
            (
                reader.address,
                reader.period,
                ", ".join(reader.keywords),
                f"{reader.subscribed_at:%Y-%m-%d}",
                reader.bounce if reader.bounced_at else "",
            )
            for reader in readers
        ],
    )
    if deliveries:
        print_rows(
            ["address", "period", "of", "state", "tried at", "response"],
            [
                (m.address, m.period, m.period_start_on, m.state, f"{m.tried_at:%Y-%m-%d %H:%M}", m.response)
                for m in messages
            ],
        )


@app.command()
def bounces(
    files: Annotated[list[Path], typer.Argument(help="Mails that came back, as .eml files.")],
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Record mail that came back: readers whose address fails for good get no more until they subscribe again.

    Reads delivery status notifications (RFC 3464). Only those that name a message sent from here to that address count.
    """
    from ..digest.mail import read_bounce

    for path in files:
        if not path.is_file():
            fail(f"There is no file {path}.")
    with _subscriptions(open_house(warehouse)) as subscriptions:
        for path in files:
            found = read_bounce(path.read_bytes())
            if found and subscriptions.record_bounce(*found):
                out.print(f"{plain(path.name)}: {plain(found[0])} bounced ({plain(found[2])})", soft_wrap=True)
            else:
                out.print(f"{plain(path.name)}: not about a message that failed for good; left alone", soft_wrap=True)


def _make_digest(house: Warehouse, period: Period, day: date_type | None, dry_run: bool, send: bool) -> None:
    """Show a digest and write it, each subscriber's message too for a dry run, or send it."""
    from ..digest.writing import to_text

    with reading(house) as connection:
        start_on = find_period(connection, period, day, datetime.now(UTC).date())
        if start_on is None:
            waits = (
                " A week waits until its Friday or a later day was seen: --date shows one as it is."
                if period == "week"
                else ""
            )
            fail(
                f"No {period} with news is over yet.",
                f"Build with dumps that say on which day papers were listed.{waits}",
            )
        told = read_digest(connection, period, start_on)
        if send and told.end_on >= datetime.now(UTC).date():
            fail(f"The {period} from {start_on} is not over.", "What came later in it would never be sent; wait.")
        out.print(plain(to_text(told)), soft_wrap=True)
        folder = house.digests / f"{period}-{start_on}"
        try:
            _write_digest(connection, told, folder)
            out.print(f"Written to {plain(folder)}", soft_wrap=True)
            if dry_run:
                _write_messages(house, connection, told, folder)
        except OSError as error:
            fail(f"The digest cannot be written to {folder}: {error.strerror or error}.", "Make the folder writable.")
        if send:
            _send(house, connection, told)


def _read_secret() -> bytes:
    """The secret that signs links, or a clear end where there is none."""
    from ..digest.unsubscribing import SECRET, MailSettingsError, read_secret

    try:
        secret = read_secret()
    except MailSettingsError as error:
        fail(str(error))
    if secret is None:
        fail(f"{SECRET} is not set, so no link can be judged.", "Set it as where digests are sent.")
    return secret


def _serve(house: Warehouse, at: str) -> None:
    """Answer to unsubscribe links until the process is stopped."""
    from ..digest.endpoint import make_server

    host, _, port = at.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        fail(f"--at is {at!r}; it must be an address and a port.", "--at 127.0.0.1:8025")
    secret = _read_secret()
    with _subscriptions(house):
        pass  # what would keep every reader from leaving is said now
    try:
        server = make_server(house, secret, host.strip("[]"), int(port))
    except OSError as error:
        fail(f"Nothing can listen at {at}: {error.strerror or error}.", "Name another port with --at.")
    with server:
        out.print(f"Answering to unsubscribe links at http://{plain(at)}/ until stopped.", soft_wrap=True)
        server.serve_forever()


def _read_mailbox(house: Warehouse, folder: Path) -> None:
    """Heed the mails of a maildir, and say what was done."""
    from ..digest.mailbox import NoMailboxError, read_mailbox

    secret = _read_secret()
    words = {"left": "a reader unsubscribed", "bounced": "came back for good", "nothing": "left alone"}
    try:
        with _subscriptions(house) as subscriptions:
            for name, done in read_mailbox(folder, subscriptions, secret):
                out.print(f"{plain(name)}: {words[done]}", soft_wrap=True)
    except NoMailboxError as error:
        fail(str(error))
    except OSError as error:
        fail(
            f"{folder} cannot be read: {error.strerror or error}.",
            "Give yourself the right to read and move its mails.",
        )


def _write_digest(connection: duckdb.DuckDBPyConnection, told: Digest, folder: Path) -> None:
    from ..digest.writing import to_feed, to_html, to_markdown, to_text

    folder.mkdir(parents=True, exist_ok=True)
    for name, write in (("digest.md", to_markdown), ("digest.html", to_html), ("digest.txt", to_text)):
        write_whole(folder / name, write(told).encode())
    earlier = connection.execute(
        "select distinct period_start_on from marts.digest_items where period_kind = $1 and period_start_on <= $2 "
        "order by 1 desc limit $3",
        [told.period.value, told.start_on, FEED_ENTRIES],
    ).fetchall()
    digests = [read_digest(connection, told.period, start_on) for (start_on,) in earlier]
    write_whole(folder / "feed.xml", to_feed(digests, told.period).encode())


def _write_messages(house: Warehouse, connection: duckdb.DuckDBPyConnection, told: Digest, folder: Path) -> None:
    from ..digest.mail import MailSettings, make_messages, readers_of
    from ..digest.unsubscribing import MailSettingsError, read_secret, read_ways

    # Enough to see messages without a server; the sender's address is real where it is set.
    sender = os.environ.get("PAPERHOUSE_MAIL_FROM", "digest@localhost")
    try:
        settings = MailSettings(
            "localhost", 25, "none", sender, ways=read_ways(house.settings_file), secret=read_secret()
        )
    except (MailSettingsError, SettingsError) as error:
        fail(str(error))
    with _subscriptions(house) as subscriptions:
        readers = readers_of(subscriptions, told.period)
    count = 0
    for reader, message in make_messages(connection, readers, told, settings):
        write_whole(folder / f"{message['Message-ID'][1:17]}.eml", message.as_bytes())
        out.print(f"{plain(reader.address)}: {message['Message-ID'][1:17]}.eml")
        count += 1
    out.print(f"{count:,} of {len(readers):,} readers would get a message; nothing was sent.")


def _send(house: Warehouse, connection: duckdb.DuckDBPyConnection, told: Digest) -> None:
    from ..digest.mail import MailServerError, MailSettings, send_digest
    from ..digest.subscriptions import AddressError
    from ..digest.unsubscribing import MailSettingsError

    try:
        settings = MailSettings.from_environment(settings_file=house.settings_file)
        with _subscriptions(house) as subscriptions:
            outcomes = send_digest(connection, subscriptions, told, settings)
    except (MailSettingsError, SettingsError, AddressError) as error:
        fail(str(error), "`paperhouse digest --help` names all settings.")
    except MailServerError as error:
        fail(str(error), "What was not sent is sent by the next `paperhouse digest --send`.")
    meanings = {
        "sent": "sent",
        "before": "had it already, or may have",
        "nothing": "have nothing in it",
        "deferred": "deferred by the server, tried again next time",
        "refused": "refused by the server",
        "sending": "unknown, because the connection was lost; not sent again",
    }
    out.print("; ".join(f"{outcomes[state]:,} {words}" for state, words in meanings.items() if outcomes[state]) + ".")
    if outcomes["refused"] or outcomes["deferred"] or outcomes["sending"]:
        out.print("The server's words: paperhouse subscribers --deliveries")
        raise typer.Exit(1)


@contextmanager
def _subscriptions(house: Warehouse) -> Iterator[Subscriptions]:
    """The subscriptions, or a clear end where another process has them."""
    from ..digest.subscriptions import SubscriptionsBusyError, open_subscriptions
    from ..orchestration.storage import is_full, say_full

    if not house.folder.is_dir():
        fail(f"There is no warehouse in {house.folder}.", "Build it first: paperhouse build")
    try:
        with open_subscriptions(house) as subscriptions:
            yield subscriptions
    except SubscriptionsBusyError as error:
        fail(str(error))
    except duckdb.Error as error:
        if is_full(error):
            fail(say_full(house))
        fail(
            f"{house.subscriptions} cannot be opened: {first_line(error)}",
            "Give yourself the right to read and write it and its folder. Where it is damaged, put a copy of your own "
            "in its place: only this file knows who is subscribed and what was sent.",
        )


def _warn_of_unknown(house: Warehouse, keywords: Sequence[str]) -> None:
    """Say which keywords no paper has yet: perhaps a slip, perhaps the future."""
    if not keywords or not house.published_database.exists():
        return
    with reading(house) as connection:
        unknown = connection.execute(
            "select word from unnest($1) as words (word) where lower(trim(word)) not in "
            "(select lower(form) from marts.keyword_forms union select lower(keyword) from marts.keywords)",
            [list(keywords)],
        ).fetchall()
    for (word,) in unknown:
        out.print(f"[yellow]Note:[/] {plain(word)} is no keyword yet; titles and abstracts are searched for it.")
