"""The commands around digests: digest, subscribe, unsubscribe, subscribers, bounces.

What belongs here: arguments, printing, exit codes, and the words around digests.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from ..digest.items import Digest, Period, find_period, read_digest
from ..files import write_whole
from ..showing.terminal import out, plain, print_rows
from ..warehouse.folder import Warehouse
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
    warehouse: Folder = DEFAULT_FOLDER,
) -> None:
    """Make the digest of a day or week: new, trending and returning papers, rising keywords.

    It is shown, and written to `digests/` of the warehouse as Markdown, HTML, text and an Atom feed. Each sentence is a
    row of `marts.digest_items`. Every subscriber gets a period at most once.

    Mail is set up by the environment: `PAPERHOUSE_SMTP_HOST`, `PAPERHOUSE_MAIL_FROM`, and where needed
    `PAPERHOUSE_SMTP_USER`, `PAPERHOUSE_SMTP_PASSWORD`, `PAPERHOUSE_SMTP_PORT`, `PAPERHOUSE_SMTP_SECURITY` (`starttls`,
    `tls`; `none` on this machine only), `PAPERHOUSE_SMTP_CA_FILE`, and `PAPERHOUSE_MAIL_UNSUBSCRIBE_URL` (https, with
    `{token}` in it).
    """
    from ..digest.writing import to_text

    if dry_run and send:
        fail("--dry-run and --send exclude each other.", "Write messages first, look at them, then send.")
    house = open_house(warehouse)
    with reading(house) as connection:
        day = date.date() if date else None
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

    # Enough to see messages without a server; the sender's address is real where it is set.
    settings = MailSettings("localhost", 25, "none", os.environ.get("PAPERHOUSE_MAIL_FROM", "digest@localhost"))
    with _subscriptions(house) as subscriptions:
        readers = readers_of(subscriptions, told.period)
    count = 0
    for reader, message in make_messages(connection, readers, told, settings):
        write_whole(folder / f"{message['Message-ID'][1:17]}.eml", message.as_bytes())
        out.print(f"{plain(reader.address)}: {message['Message-ID'][1:17]}.eml")
        count += 1
    out.print(f"{count:,} of {len(readers):,} readers would get a message; nothing was sent.")


def _send(house: Warehouse, connection: duckdb.DuckDBPyConnection, told: Digest) -> None:
    from ..digest.mail import MailServerError, MailSettings, MailSettingsError, send_digest
    from ..digest.subscriptions import AddressError

    try:
        settings = MailSettings.from_environment()
        with _subscriptions(house) as subscriptions:
            outcomes = send_digest(connection, subscriptions, told, settings)
    except (MailSettingsError, AddressError) as error:
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
