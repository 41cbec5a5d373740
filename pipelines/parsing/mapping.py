"""Names of columns that a user adds to those of `columns`, and which of them are in force while dumps are parsed.

What belongs here: the names as a value, what is wrong with them, and the fold that all names are compared by. Where
they are kept is not known here: they are handed to `parse_dumps`, which puts them in force batch by batch. A layout has
nothing to do with them: it asks `columns.fold_name`, under which a user's name is the field's own.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache


@lru_cache(maxsize=10_000)
def fold(name: str) -> str:
    """A column name without case, spaces, hyphens, underscores and stops."""
    return re.sub(r"[\s_.\ufeff-]+", "", name).lower()


class BadMappingError(ValueError):
    """Names that cannot be followed; the message says why and what to do, `name` is the field or name it is about."""

    def __init__(self, message: str, name: str) -> None:
        """Keep the name, by which whoever read it may find its place."""
        super().__init__(message)
        self.name = name


@dataclass(frozen=True)
class ColumnMapping:
    """A user's names of columns: (field, its names, best first), in the order of the fields' names."""

    names: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @cached_property
    def fields(self) -> dict[str, str]:
        """Folded name -> the field it stands for, folded; best names first."""
        return {fold(name): fold(field) for field, names in self.names for name in names}

    @cached_property
    def version(self) -> str:
        """A digest of the names, eight hexadecimal digits; empty where there are none."""
        return hashlib.sha256(json.dumps(self.names).encode()).hexdigest()[:8] if self.names else ""


def make_mapping(given: Mapping[str, Sequence[str]], fields: Sequence[str]) -> ColumnMapping:
    """The names given, checked; fields are all there are. Raises BadMappingError.

    A name stands for one field. One of the names of `columns` may be given to another field, which then has it alone;
    but not the name of a field itself, by which layouts call what they have found.
    """
    own = {fold(field): field for field in fields}
    claimed: dict[str, str] = {}
    for field, names in given.items():
        if field not in fields:
            raise BadMappingError(f"there is no field {field!r}. The fields are {', '.join(fields)}", field)
        for name in names:
            folded = fold(name)
            if not folded:
                raise BadMappingError(f"{name!r} is no name of a column. Take it out of {field}", field)
            if own.get(folded, field) != field:
                raise BadMappingError(
                    f"{name!r} is given to {field}, and is the field {own[folded]} itself. Take it out of {field}", name
                )
            if folded in claimed:
                also = "is given twice to" if claimed[folded] == field else f"is given to {claimed[folded]} and"
                raise BadMappingError(
                    f"{name!r} {also} {field} (case, spaces, hyphens, underscores and stops do not count). "
                    "Keep one of the two",
                    name,
                )
            claimed[folded] = field
    return ColumnMapping(tuple((field, tuple(given[field])) for field in fields if given.get(field)))


NO_MAPPING = ColumnMapping()
_in_force: ContextVar[ColumnMapping] = ContextVar("column_mapping", default=NO_MAPPING)


def in_force() -> ColumnMapping:
    """The names that count now."""
    return _in_force.get()


@contextmanager
def using(names: ColumnMapping) -> Iterator[None]:
    """Put names in force for the length of the block, in this thread alone."""
    before = _in_force.set(names)
    try:
        yield
    finally:
        _in_force.reset(before)
