"""Texts that make a pattern slow, made from the pattern itself: what it repeats, over and over, and then no end to it.

A backtracking pattern takes more than linear time where one text can be shared out between its parts in many ways, or
where a search begins anew in the middle of what it has just gone over. So each of its characters, each pair of them and
each of its beginnings is repeated, alone and between what stands before and what cannot stand behind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from re import _constants as names  # type: ignore[attr-defined]
from re import _parser as grammar  # type: ignore[attr-defined]
from typing import Any

#: What each category is tried with.
_MEMBERS = {
    names.CATEGORY_SPACE: " \n\t",
    names.CATEGORY_DIGIT: "1",
    names.CATEGORY_WORD: "a1",
    names.CATEGORY_NOT_SPACE: "a",
    names.CATEGORY_NOT_DIGIT: "a",
    names.CATEGORY_NOT_WORD: " -",
}
#: Characters that a negated class is tried with.
_ANYTHING = 'a 1\n-.,"<[('
#: What no pattern goes on with.
_ENDS = ("\x00Q\x00", "\n\x00Q\x00")
#: Characters, and beginnings, that are combined.
_FEW, _BRANCHES = 6, 8


def list_units(pattern: re.Pattern[Any]) -> list[tuple[str, str, str]]:
    """What to repeat, with what stands before and behind it: (before, unit, behind)."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = grammar.parse(source, pattern.flags)
    characters = list(dict.fromkeys(_list_characters(tree)))
    units = [("", character) for character in dict.fromkeys([*characters, " ", "\n", "a"])]
    units += [("", "".join(pair)) for pair in product(characters[:_FEW], repeat=2) if pair[0] != pair[1]]
    for branch, least in product(range(_BRANCHES), (0, 1)):
        pieces = list(_list_pieces(tree, branch, least))
        before = ""
        for piece, inner in pieces:
            units += [(before, unit) for unit in dict.fromkeys([*inner, piece]) if unit]
            before += piece
            units.append(("", before))
    ends = _ENDS if "\n" in source or "$" in source else _ENDS[:1]
    return [(before, unit, end) for before, unit in dict.fromkeys(units) if unit for end in ends]


def _list_characters(tree: Any) -> Iterator[str]:
    """A member of each class, and each literal."""
    for operator, argument in tree:
        if operator in (names.LITERAL, names.NOT_LITERAL, names.ANY, names.IN, names.CATEGORY):
            yield from _members(operator, argument)
        for part in _parts(operator, argument):
            yield from _list_characters(part)


def _members(operator: Any, argument: Any) -> list[str]:
    if operator is names.LITERAL:
        return [chr(argument)]
    if operator is names.ANY:
        return ["a", " "]
    if operator is names.CATEGORY:
        return list(_MEMBERS[argument])
    if operator is names.NOT_LITERAL:
        return [character for character in _ANYTHING if ord(character) != argument][:2]
    is_negated = argument[0][0] is names.NEGATE
    found: list[str] = []
    for kind, value in argument:
        if kind is names.LITERAL:
            found.append(chr(value))
        elif kind is names.RANGE:
            found.append(chr(value[0]))
        elif kind is names.CATEGORY:
            found += _MEMBERS[value]
    if not is_negated:
        return found[:4]
    excluded = re.compile("[" + "".join(re.escape(character) for character in found) + "]") if found else None
    return [character for character in _ANYTHING if excluded is None or not excluded.match(character)][:3] or ["é"]


def _parts(operator: Any, argument: Any) -> list[Any]:
    """The patterns inside one."""
    if operator in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
        return [argument[2]]
    if operator is names.SUBPATTERN:
        return [argument[3]]
    if operator is names.BRANCH:
        return list(argument[1])
    if operator is names.ATOMIC_GROUP:
        return [argument]
    if operator in (names.ASSERT, names.ASSERT_NOT):
        return [argument[1]]
    return []


def _list_pieces(tree: Any, branch: int, least: int) -> Iterator[tuple[str, list[str]]]:
    """A text that each part of a pattern matches, one after another, and what of it can be repeated.

    What may be left out stands there `least` times.
    """
    for operator, argument in tree:
        if operator in (names.ASSERT, names.ASSERT_NOT, names.AT):
            continue
        if operator in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
            inner = _write(argument[2], branch, 1)
            repeated = [inner, *(unit for _, units in _list_pieces(argument[2], branch, least) for unit in units)]
            yield inner * min(max(argument[0], least), 5), repeated
        elif operator is names.SUBPATTERN and len(argument[3]) > 1:
            yield from _list_pieces(argument[3], branch, least)
        else:
            yield _write([(operator, argument)], branch, least), _repeated_in(operator, argument, branch, least)


def _repeated_in(operator: Any, argument: Any, branch: int, least: int) -> list[str]:
    return [
        unit for part in _parts(operator, argument) for _, units in _list_pieces(part, branch, least) for unit in units
    ]


def _write(tree: Any, branch: int, least: int) -> str:
    """A text that a pattern matches, but for what it asks of its surroundings."""
    written: list[str] = []
    for operator, argument in tree:
        if operator in (names.MAX_REPEAT, names.MIN_REPEAT, names.POSSESSIVE_REPEAT):
            written.append(_write(argument[2], branch, least) * min(max(argument[0], least), 5))
        elif operator is names.BRANCH:
            written.append(_write(argument[1][branch % len(argument[1])], branch, least))
        elif operator in (names.SUBPATTERN, names.ATOMIC_GROUP):
            written.append(_write(_parts(operator, argument)[0], branch, least))
        elif operator in (names.LITERAL, names.NOT_LITERAL, names.ANY, names.IN, names.CATEGORY):
            members = _members(operator, argument)
            written.append(members[branch % len(members)])
    return "".join(written)
