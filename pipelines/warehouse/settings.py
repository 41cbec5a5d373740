"""The environment variables a warehouse heeds; the same names serve the command line, Dagster and dbt.

What belongs here: names, what each one means and may say. What is done with a value is the business of whoever heeds
it.
"""

from __future__ import annotations

import os
import re
from enum import StrEnum

#: The warehouse folder.
WAREHOUSE_VARIABLE = "PAPERHOUSE_WAREHOUSE"
#: Where `paperhouse ui` serves releases and check pages: the port behind its own.
PAGES_VARIABLE, PAGES = "PAPERHOUSE_PAGES", "http://127.0.0.1:3001"
#: The keyword setting; dbt's macro keyword_setting says what each one means.
KEYWORDS_VARIABLE = "PAPERHOUSE_KEYWORDS"
#: DuckDB's memory limit, dbt's included; beyond it DuckDB spills to the warehouse folder.
MEMORY_VARIABLE = "PAPERHOUSE_MEMORY_LIMIT"
#: Whether links inside folders of dumps are followed: 1, true, yes or on. The inbox's sensor and schedule heed it, too.
LINKS_VARIABLE = "PAPERHOUSE_FOLLOW_LINKS"
#: What a build grants dbt, which takes its settings from the environment; by hand dbt takes the one above.
DBT_MEMORY_VARIABLE = "PAPERHOUSE_DBT_MEMORY_LIMIT"
#: How many threads a query of dbt's may have, beside that of the table next to it; by hand it has one.
DBT_QUERY_THREADS_VARIABLE = "PAPERHOUSE_DBT_QUERY_THREADS"
#: The reject budget: the share of a dump's content that may be refused before it is held back.
BUDGET_VARIABLE = "PAPERHOUSE_REJECT_BUDGET"
#: The number of releases that are kept, the latest included; 0 keeps all.
KEEP_VARIABLE = "PAPERHOUSE_KEEP_RELEASES"
#: Who is told when a run fails: mail addresses with commas between them, by the mail server of the digests, ...
ALERT_MAIL_VARIABLE = "PAPERHOUSE_ALERT_MAIL"
#: ... and an address that takes JSON, https or on this machine. It may be a secret, so nothing shows it.
ALERT_URL_VARIABLE = "PAPERHOUSE_ALERT_URL"

_ALERT_URL = re.compile(r"(?:https://[a-zA-Z0-9]|http://(?:127\.0\.0\.1|localhost)[:/])[!-~]{1,2000}")
_YES, _NO = ("1", "true", "yes", "on"), ("", "0", "false", "no", "off")
_UNITS = {"kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
#: MB below which DuckDB cannot open a warehouse's file.
_LEAST_MEMORY = 50
#: TB beyond which DuckDB has no number for it, and no machine the memory.
_MOST_MEMORY = 1_000


class KeywordSetting(StrEnum):
    """Which keywords come first; the dbt macro keyword_score holds the weights."""

    balanced = "balanced"
    exhaustive = "exhaustive"
    author = "author"


class BadSettingError(ValueError):
    """A variable says what it cannot say; the message names it, its value and what it may be."""


def read_memory_limit(text: str | None = None) -> str | None:
    """DuckDB's memory limit: the text, or what the environment says; None where that is nothing.

    Raises BadSettingError for what is no size, or too small for anything.
    """
    name, given = ("--memory-limit", text) if text is not None else (MEMORY_VARIABLE, os.environ.get(MEMORY_VARIABLE))
    if given is None or (text is None and not given.strip()):
        return None
    size = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?) ?([kmgt]i?b)", given.strip(), re.IGNORECASE)
    size_bytes = float(size[1]) * _UNITS[size[2].lower()] if size else 0
    if size is None or not _LEAST_MEMORY * 1e6 <= size_bytes <= _MOST_MEMORY * 1e12:
        raise BadSettingError(
            f"{name} is {given!r}; it must be a size of at least {_LEAST_MEMORY}MB, such as 2GB, and at most "
            f"{_MOST_MEMORY:,}TB."
        )
    return size[0]


def read_follow_links() -> bool:
    """Whether links inside folders are followed, as the environment says; no where it says nothing.

    Raises BadSettingError for what is neither yes nor no.
    """
    given = os.environ.get(LINKS_VARIABLE, "").strip().lower()
    if given not in _YES + _NO:
        raise BadSettingError(f"{LINKS_VARIABLE} is {given!r}; it may be 1, true, yes or on, or 0, false, no or off.")
    return given in _YES


def read_keywords() -> str | None:
    """The keyword setting of the environment, balanced where it names none, None where there is no such setting."""
    given = os.environ.get(KEYWORDS_VARIABLE) or KeywordSetting.balanced.value
    return given if given in list(KeywordSetting) else None


def check_environment() -> None:
    """Raise BadSettingError where a variable that a build heeds cannot be followed: before anything is read."""
    read_memory_limit()
    read_follow_links()
    read_keep_releases(0)
    read_alert_mail()
    read_alert_url()


def read_alert_mail() -> list[str]:
    """The mail addresses that are told of failures; none where the environment names none.

    Raises BadSettingError for what is no address.
    """
    addresses = [word.strip() for word in os.environ.get(ALERT_MAIL_VARIABLE, "").split(",") if word.strip()]
    for address in addresses:
        if not re.fullmatch(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,255}", address):
            raise BadSettingError(f"{ALERT_MAIL_VARIABLE} names {address!r}; it must be mail addresses, with commas.")
    return addresses


def read_alert_url() -> str:
    """The address that is told of failures; empty where the environment names none.

    Raises BadSettingError for what is no address of https or of this machine, without saying it.
    """
    given = os.environ.get(ALERT_URL_VARIABLE, "").strip()
    if given and not _ALERT_URL.fullmatch(given):
        raise BadSettingError(
            f"{ALERT_URL_VARIABLE} must be an https address (http on 127.0.0.1 or localhost only), without blanks."
        )
    return given


def read_keep_releases(default: int) -> int:
    """How many releases are kept, as the environment says; 0 keeps all. Raises BadSettingError for no number."""
    given = os.environ.get(KEEP_VARIABLE, "").strip() or str(default)
    if not re.fullmatch(r"[0-9]{1,9}", given):
        raise BadSettingError(f"{KEEP_VARIABLE} is {given!r}; it must be a number, such as 5; 0 keeps all releases.")
    return int(given)
