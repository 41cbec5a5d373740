"""The one settings file of a warehouse, `warehouse.toml`: what it may say, reading it, writing what it said once.

What belongs here: the file. What a setting means is said where it is heeded: column names in `parsing.mapping`, what
is captured in `loading.sources`, what is said of releases in `release.imprint`, how readers leave in
`digest.unsubscribing`.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..files import read_whole
from ..parsing.mapping import BadMappingError, ColumnMapping, make_mapping

SETTINGS_NAME = "warehouse.toml"
_COLUMNS = "columns"
#: What is fetched from where; checked by `loading.sources`.
CAPTURE = "capture"
#: What the operator says of the data that is published; checked by `release.imprint`.
RELEASE = "release"
#: How readers of digests leave; checked by `digest.unsubscribing`.
DIGEST = "digest"
_EXAMPLE = 'title = ["Papiertitel"]'


class SettingsError(ValueError):
    """A settings file that cannot be followed; the message names the file, the line where it can, and the remedy."""


class BadValueError(ValueError):
    """A value that cannot be heeded, and the name of its setting: whoever reads the file adds where that stands."""

    def __init__(self, message: str, name: str) -> None:
        """The message is the sentence without its place."""
        super().__init__(message)
        self.name = name


def read_columns(path: Path) -> ColumnMapping:
    """The column names of a settings file; none where there is no file.

    Raises SettingsError: not to be read, not UTF-8, no TOML, an unknown setting or field, a value of another type, a
    name that is claimed twice.
    """
    settings, text = read_settings(path)
    try:
        return _check(settings)
    except BadMappingError as error:
        raise SettingsError(f"{find_place(path, text, error.name)}: {error}.") from error


def read_settings(path: Path) -> tuple[dict[str, Any], str]:
    """What a settings file says, and its text; nothing where there is no file. Raises SettingsError."""
    try:
        text = read_whole(path).decode("utf-8-sig")
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        raise SettingsError(f"{path} cannot be read ({error.strerror}). Make it readable, or remove it.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 (byte {error.start:,}). Save the file as UTF-8.") from error
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is no TOML: {error}. Mend that place; a line looks like this: {_EXAMPLE}"
        ) from error


def format_columns(names: Mapping[str, list[str]]) -> str:
    """A settings file with these names, as `read_columns` reads it."""
    rows = (f"{field} = {json.dumps(list(given), ensure_ascii=False)}\n" for field, given in names.items())
    return "".join([f"[{_COLUMNS}]\n", *rows]).replace("\x7f", "\\u007f")


def _check(settings: dict[str, Any]) -> ColumnMapping:
    for name in settings:
        if name not in (_COLUMNS, CAPTURE, RELEASE, DIGEST):
            raise BadMappingError(
                f"there is no setting {name!r}. What the file may hold is [{_COLUMNS}], [{CAPTURE}], [{RELEASE}] and "
                f"[{DIGEST}]",
                name,
            )
    given = settings.get(_COLUMNS, {})
    if not isinstance(given, dict):
        raise BadMappingError(f"{_COLUMNS} is no table. Write [{_COLUMNS}], and lines such as {_EXAMPLE}", _COLUMNS)
    for field, names in given.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise BadMappingError(
                f'{field} is no list of names. Write them in brackets and quotes: {field} = ["A name"]', field
            )
    # Not above: every question to a warehouse knows its settings file, and only a build looks for fields.
    from ..parsing.columns import FIELDS

    return make_mapping(given, FIELDS)


def find_place(path: Path, text: str, name: str) -> str:
    """The file, and the last line a name stands on, which is where it is one too many."""
    written = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    lines = [number for number, line in enumerate(text.split("\n"), start=1) if written.search(line.split("#")[0])]
    return f"{path}, line {lines[-1]}" if lines else str(path)
