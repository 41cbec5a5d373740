"""Where dumps are fetched from: the table `capture` of a warehouse's settings file.

What belongs here: what may be said there, checking it, and the example that teaches it. Nothing is fetched that is not
named there. Fetching is `captures`.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ..warehouse.settings_file import CAPTURE, BadValueError, SettingsError, find_place, read_settings

#: What stands for a day in an address.
PLACES = ("day", "next_day", "year", "month", "day_of_month", "page")
#: How a source says that there is more: not at all, by a page number, a `Link` header, or OAI-PMH's token.
PAGINGS = ("none", "page", "link", "resumption")
FORMATS = ("json", "xml", "html", "txt")

EXAMPLE = """\
# Where dumps are fetched from, a day at a time. Nothing is fetched from a source that does not stand here.
#   paperhouse capture --from 2026-01-01 --to 2026-01-31     fetches days into inbox/captures/<source>/
#   paperhouse build                                         reads what has come
# In the Dagster UI the assets `captures/<source>` show which days are there; the schedule `daily_capture` (off until
# switched on) takes yesterday.
[capture]
start = 2026-01-01      # the first day there is to fetch
time_zone = "UTC"       # whose days they are

# An API that answers with the papers of a day.
# [capture.daily_papers]
# address = "https://api.example.org/daily_papers?date={day}"   # {day} is YYYY-MM-DD

# OAI-PMH: what was added on a day, page after page.
# [capture.listing]
# address = "https://oai.example.org/oai?verb=ListRecords&metadataPrefix=arXiv&set=cs&from={day}&until={day}"
# format = "xml"          # json (the default), xml, html or txt: an answer that is none is not kept
# paging = "resumption"   # none (the default), page, link or resumption
# pause = 5.0             # seconds between two requests, at least (the default is 1)

# Any address with a day in it: {day}, {next_day}, {year}, {month}, {day_of_month}; with paging = "page" also {page}.
# [capture.archive]
# address = "https://papers.example.org/{year}/{month}/{day_of_month}?page={page}"
# paging = "page"         # from first_page on, until a page holds nothing
# first_page = 1
# contact = "you@example.org"   # is said to the server, so that it can complain to somebody

# What releases say of themselves; "unknown" where nothing stands here. warehouse/README.md names the rest.
# [release]
# license = "CC-BY-4.0"   # an identifier of spdx.org/licenses
# creators = ["Ada Example"]
# citation = "Example, A. (2026). AI papers of our reading group."
"""


@dataclass(frozen=True)
class Source:
    """One source: its name, the address with places for a day, and how it is asked."""

    name: str
    address: str
    format: str = "json"
    paging: str = "none"
    first_page: int = 1
    #: Seconds between two requests, at least.
    pause: float = 1.0
    contact: str = ""

    def locate(self, day: date, page: int) -> str:
        """The address of a page of a day."""
        return self.address.format(
            day=day.isoformat(),
            next_day=(day + timedelta(days=1)).isoformat(),
            year=f"{day:%Y}",
            month=f"{day:%m}",
            day_of_month=f"{day:%d}",
            page=page,
        )


@dataclass(frozen=True)
class CapturePlan:
    """What is fetched: the first day there is, whose days they are, the sources by name."""

    start: date = date(2026, 1, 1)
    time_zone: str = "UTC"
    sources: tuple[Source, ...] = field(default_factory=tuple)


def read_sources(path: Path) -> CapturePlan:
    """What a settings file says of sources; none where it says nothing.

    Raises SettingsError naming the file and the line.
    """
    settings, text = read_settings(path)
    given = settings.get(CAPTURE)
    if given is None:
        return CapturePlan()
    try:
        return _check(given)
    except BadValueError as error:
        raise SettingsError(
            f"{find_place(path, text, error.name)}: {error}. `paperhouse sources --init` shows what may stand there."
        ) from None


def _check(given: Any) -> CapturePlan:
    if not isinstance(given, dict):
        raise BadValueError(f"{CAPTURE} is no table", CAPTURE)
    plan = {name: value for name, value in given.items() if not isinstance(value, dict)}
    for name, kind in (("start", date), ("time_zone", str)):
        if name in plan and type(plan[name]) is not kind:  # a time of a day is a date to isinstance
            raise BadValueError(f"{name} = {plan[name]!r} cannot be used; a day is written 2026-01-01", name)
    if unknown := plan.keys() - {"start", "time_zone"}:
        raise BadValueError(f"there is no setting {min(unknown)!r} of {CAPTURE}", min(unknown))
    try:
        ZoneInfo(plan.get("time_zone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError):
        raise BadValueError(f"there is no time zone {plan['time_zone']!r}", "time_zone") from None
    sources = [_check_source(name, value) for name, value in sorted(given.items()) if isinstance(value, dict)]
    return CapturePlan(**plan, sources=tuple(sources))


def _check_source(name: str, given: dict[str, Any]) -> Source:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise BadValueError(f"{name!r} is no name of a source: small letters, digits and _ alone", name)
    kinds: dict[str, type | tuple[type, ...]] = {
        "address": str,
        "format": str,
        "paging": str,
        "first_page": int,
        "pause": (int, float),
        "contact": str,
    }
    for key, value in given.items():
        if key not in kinds:
            raise BadValueError(f"a source has no setting {key!r}; there are {', '.join(kinds)}", key)
        if not isinstance(value, kinds[key]) or isinstance(value, bool):
            raise BadValueError(f"{key} = {value!r} of {name} cannot be used", key)
    source = Source(name=name, **{"address": "", **given})
    for key, allowed in (("format", FORMATS), ("paging", PAGINGS)):
        if getattr(source, key) not in allowed:
            raise BadValueError(f"{key} of {name} may be {', '.join(allowed)}", key)
    if not 0 <= source.pause <= 3600:
        raise BadValueError(f"pause of {name} is seconds, 0 to 3600", "pause")
    _check_address(source)
    return source


def _check_address(source: Source) -> None:
    try:
        named = {place for _, place, _, _ in string.Formatter().parse(source.address) if place is not None}
    except ValueError as error:
        raise BadValueError(f"the address of {source.name} is no template: {error}", source.name) from None
    if unknown := named - set(PLACES):
        raise BadValueError(
            f"the address of {source.name} has a place {{{min(unknown)}}}; there are {', '.join(PLACES)}", source.name
        )
    if not named & {"day", "day_of_month"}:
        raise BadValueError(f"the address of {source.name} has no {{day}}, so all days would be one", source.name)
    if ("page" in named) != (source.paging == "page"):
        raise BadValueError(f'{{page}} in the address of {source.name} goes with paging = "page"', source.name)
    located = source.locate(date(2026, 1, 1), 1)
    if not re.match(r"https?://[^/\s]", located):
        raise BadValueError(f"the address of {source.name} begins with neither https:// nor http://", source.name)
    if "@" in located.split("/")[2]:
        raise BadValueError(f"the address of {source.name} holds a name or password, which would be kept", source.name)
