"""What the operator says of the data as a whole: the table `release` of a warehouse's settings file.

What belongs here: what may be said there (licence, citation, who made it, where it is from), checking it, and the form
in which a release's manifest keeps it. Nothing is guessed: what nobody has said is `UNKNOWN` wherever a format asks for
it. How each format writes it is `descriptions` and `card`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..addresses import read_web_address
from ..showing.clean import clean
from ..warehouse.settings_file import RELEASE, BadValueError, SettingsError, find_place, read_settings

#: What is written where a format asks for what nobody has said.
UNKNOWN = "unknown"
#: Characters of a value; a citation in BibTeX takes some hundreds.
_LONGEST = 10_000
#: A name of a licence, as SPDX and the data package standard write them.
_LICENSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,99}")

EXAMPLE = 'license = "CC-BY-4.0"'


@dataclass(frozen=True)
class Imprint:
    """The operator's words on a release; empty where nothing is said."""

    title: str = ""
    description: str = ""
    license: str = ""
    license_url: str = ""
    creators: tuple[str, ...] = ()
    citation: str = ""
    url: str = ""
    contact: str = ""

    def to_facts(self) -> dict[str, Any]:
        """What is said, and nothing else, for a manifest."""
        given = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: list(value) if isinstance(value, tuple) else value for name, value in given if value}


#: Those that may have several lines; of the others line ends are a mistake.
_PARAGRAPHS = ("description", "citation")
_ADDRESSES = ("license_url", "url")


def read_imprint(path: Path) -> Imprint:
    """What a settings file says of releases; nothing where it says nothing.

    Raises SettingsError naming the file and the line.
    """
    settings, text = read_settings(path)
    try:
        return _check(settings.get(RELEASE, {}))
    except BadValueError as error:
        raise SettingsError(f"{find_place(path, text, error.name)}: {error}.") from None


def _check(given: Any) -> Imprint:
    if not isinstance(given, Mapping):
        raise BadValueError(f"{RELEASE} is no table. Write [{RELEASE}], and lines such as {EXAMPLE}", RELEASE)
    names = [field.name for field in fields(Imprint)]
    for name in given:
        if name not in names:
            raise BadValueError(f"there is no setting {name!r} of {RELEASE}. They are {', '.join(names)}", name)
    creators = given.get("creators", [])
    if not isinstance(creators, list):
        raise BadValueError('creators is no list of names. Write creators = ["Ada Example"]', "creators")
    values = {name: _read_text(name, value) for name, value in given.items() if name != "creators"}
    imprint = Imprint(**values, creators=tuple(_read_text("creators", name) for name in creators))
    if imprint.license and not _LICENSE.fullmatch(imprint.license):
        raise BadValueError(
            f"license = {imprint.license!r} is no identifier of a licence. Write one of https://spdx.org/licenses, "
            'such as "CC-BY-4.0"; for terms of your own "LicenseRef-Ours", and say where they stand in license_url',
            "license",
        )
    if imprint.license_url and not imprint.license:
        raise BadValueError(f"license_url stands without a license. Add a line such as {EXAMPLE}", "license_url")
    return imprint


def _read_text(name: str, value: object) -> str:
    """A value that can be shown everywhere, without blanks around it; an address that leads to the web."""
    if not isinstance(value, str):
        raise BadValueError(f'{name} = {value!r} is no text. Write it in quotes: {name} = "..."', name)
    text = value.replace("\r\n", "\n").strip()
    if len(text) > _LONGEST or clean(text) != text:
        raise BadValueError(
            f"{name} is longer than {_LONGEST:,} characters, or holds characters that act where they are shown "
            "(controls, marks that turn the direction of reading). Write it in plain letters",
            name,
        )
    if name not in _PARAGRAPHS and ("\n" in text or "\t" in text):
        raise BadValueError(f"{name} has more than one line. Write it in one", name)
    if name in _ADDRESSES and text:
        address = read_web_address(text)
        if not address:
            raise BadValueError(f"{name} = {text!r} leads to no place on the web. Write https://...", name)
        return address
    return text
