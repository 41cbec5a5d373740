"""Who gets digests, and what became of each message: a file of its own, which no rebuild and no release touches.

What belongs here: the two tables and their states. Addresses are people's, so the file is readable by its owner alone
and nothing of it is published.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from pathlib import Path

import duckdb

from ..warehouse.connections import name_holder, refuse_odd
from ..warehouse.folder import Warehouse
from ..warehouse.migrations import refuse_newer
from .items import Period

#: Number of the form of the two tables; raised with any change of them, which brings a step like those of
#: `warehouse.migrations`.
FORMAT = 1
_TABLES = f"""
create table if not exists formats as select {FORMAT} as format;
create table if not exists subscribers (
    address varchar primary key, period varchar not null, keywords varchar[] not null, token varchar not null,
    subscribed_at timestamp not null, bounced_at timestamp, bounce varchar
);
create table if not exists deliveries (
    address varchar, period varchar, period_start_on date, state varchar not null, message_id varchar not null,
    tried_at timestamp not null, ended_at timestamp, response varchar, primary key (address, period, period_start_on)
);
"""

#: States of a delivery. `sending` is written before the server is spoken to and stays where a crash or a lost
#: connection leaves it unknown whether the message went out: such a message is never sent again. `deferred` was turned
#: down for the time being, so nothing went out and the next run tries again. The others are final.
FINAL_STATES = ("sending", "sent", "refused", "bounced")


class AddressError(ValueError):
    """What should be an e-mail address is none."""


class SubscriptionsBusyError(RuntimeError):
    """Another process has the subscriptions open, most likely one that is sending."""


@dataclass(frozen=True)
class Subscriber:
    """One reader: keywords narrow the digest, none leave it whole; the token names the reader to `unsubscribe`."""

    address: str
    period: Period
    keywords: tuple[str, ...]
    token: str
    subscribed_at: datetime
    bounced_at: datetime | None
    bounce: str | None


@dataclass(frozen=True)
class Delivery:
    """One message: state as in FINAL_STATES or `deferred`; response is what the server or a bounce said."""

    address: str
    period: str
    period_start_on: date
    state: str
    tried_at: datetime
    response: str | None


class Subscriptions:
    """The open file. Every call is one transaction of its own, on disk when it returns."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Take over an open connection whose tables exist."""
        self._connection = connection

    def subscribe(self, address: str, period: Period, keywords: Sequence[str]) -> bool:
        """Add a reader, or change what one gets; returns whether the reader is new. Raises AddressError."""
        address = normalize_address(address)
        chosen = sorted({" ".join(keyword.split()) for keyword in keywords if keyword.strip()})
        is_new = not self._connection.execute("select 1 from subscribers where address = ?", [address]).fetchall()
        self._connection.execute(
            "insert into subscribers values ($1, $2, $3, $4, $5, null, null) on conflict do update set "
            "period = excluded.period, keywords = excluded.keywords, bounced_at = null, bounce = null",
            [address, period.value, chosen, secrets.token_urlsafe(16), _now()],
        )
        return is_new

    def unsubscribe(self, name: str) -> str | None:
        """Remove the reader with this address or token; returns the address, None where there is none.

        A signed token is taken by its first half: whoever calls this is trusted, or has verified it.
        """
        name = name.strip()
        rows = self._connection.execute(
            "delete from subscribers where token = $1 or address = lower($2) returning address",
            [name if "@" in name else name.partition(".")[0], name],
        ).fetchall()
        return rows[0][0] if rows else None

    def list_subscribers(self) -> list[Subscriber]:
        """All readers, by address."""
        rows = self._connection.execute(
            "select address, period, keywords, token, subscribed_at, bounced_at, bounce from subscribers order by 1"
        ).fetchall()
        return [Subscriber(row[0], Period(row[1]), tuple(row[2]), *row[3:]) for row in rows]

    def list_deliveries(self) -> list[Delivery]:
        """All messages, the latest first."""
        rows = self._connection.execute(
            "select address, period, period_start_on, state, tried_at, response from deliveries "
            "order by tried_at desc, address"
        ).fetchall()
        return [Delivery(*row) for row in rows]

    def begin(self, address: str, period: Period, start_on: date, message_id: str) -> bool:
        """Record that a message is about to be sent; False where one was sent, or may have been."""
        rows = self._connection.execute(
            "insert into deliveries values ($1, $2, $3, 'sending', $4, $5, null, null) on conflict do update set "
            "state = 'sending', message_id = excluded.message_id, tried_at = excluded.tried_at "
            "where state = 'deferred' returning 1",
            [address, period.value, start_on, message_id, _now()],
        ).fetchall()
        return bool(rows)

    def end(self, address: str, period: Period, start_on: date, state: str, response: str) -> None:
        """Record what became of it."""
        self._connection.execute(
            "update deliveries set state = $4, response = $5, ended_at = $6 "
            "where address = $1 and period = $2 and period_start_on = $3",
            [address, period.value, start_on, state, response, _now()],
        )

    def record_bounce(self, address: str, message_id: str, response: str) -> bool:
        """Record that a message came back for good: its reader gets no more. Returns whether it is one of ours."""
        ours = self._connection.execute(
            "select 1 from deliveries where address = $1 and message_id = $2", [address, message_id]
        ).fetchall()
        if ours:
            # Not `update ... returning`: DuckDB deletes and inserts the row then, and aborts the process where it has
            # to put the key back on a full disk.
            self._connection.execute(
                "update deliveries set state = 'bounced', response = $3, ended_at = $4 "
                "where address = $1 and message_id = $2",
                [address, message_id, response, _now()],
            )
            self._connection.execute(
                "update subscribers set bounced_at = $2, bounce = $3 where address = $1", [address, _now(), response]
            )
        return bool(ours)


@contextmanager
def open_subscriptions(warehouse: Warehouse) -> Iterator[Subscriptions]:
    """The subscriptions of a warehouse, for this process alone; readers who left meanwhile are taken off first.

    Raises SubscriptionsBusyError at once, NewerWarehouseError, and WarehouseNotWritableError where the folder is not a
    warehouse's.
    """
    warehouse.refuse_newer()
    warehouse.refuse_foreign()
    refuse_odd(warehouse.subscriptions)
    warehouse.folder.mkdir(parents=True, exist_ok=True)
    mask = os.umask(0o077)
    try:
        try:
            connection = duckdb.connect(str(warehouse.subscriptions), config={"memory_limit": "100MB"})
        except duckdb.IOException as error:
            if "Could not set lock" not in str(error):
                raise
            raise SubscriptionsBusyError(
                f"{warehouse.subscriptions} is open elsewhere, by {name_holder(error)}. Digests may be being sent; try "
                "again in a while."
            ) from None
        with connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute(_TABLES)
            refuse_newer(connection.execute("select max(format) from formats").fetchall()[0][0], FORMAT)
            subscriptions = Subscriptions(connection)
            for waiting in sorted(queue_of(warehouse).glob("*")):
                subscriptions.unsubscribe(waiting.name)
                waiting.unlink(missing_ok=True)
            yield subscriptions
    finally:
        os.umask(mask)


def queue_of(warehouse: Warehouse) -> Path:
    """Where the tokens of readers wait who left while the file was open elsewhere: a file each, named as the token."""
    return warehouse.folder / ".unsubscribed"


def normalize_address(text: str) -> str:
    """A bare e-mail address in lower case. Raises AddressError; what could end a header line is no address."""
    bare = text.strip()
    if not re.fullmatch(r"[^\s<>()\[\],;:\"\\\x00-\x20\x7f-\x9f]+@[^\s<>()\[\],;:\"\\@]+", bare) or len(bare) > 254:
        raise AddressError(f"{text!r} is not an e-mail address like reader@example.org.")
    try:
        Address(addr_spec=bare)
        bare.encode("ascii")
    except (HeaderParseError, ValueError, IndexError):
        raise AddressError(f"{text!r} is not an e-mail address like reader@example.org.") from None
    return bare.lower()


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
