"""Every pattern of Python's `re` in the code takes time in proportion to the text, however the text is made.

The patterns are found, not listed: those that modules, classes and objects of theirs hold, and those written where they
are used. Polars and DuckDB have patterns of their own, whose time is linear by construction.
"""

from __future__ import annotations

import ast
import dataclasses
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from math import inf
from pathlib import Path
from types import FrameType, MappingProxyType, ModuleType
from typing import Any

import pytest
from growing_texts import list_units

import paperhouse
from paperhouse.parsing import labels
from paperhouse.parsing.layouts import api_json
from paperhouse.parsing.layouts.references import READERS

#: Characters of the shortest text, and how many times as long the longest is.
SIZE, GROWTH = 3_000, 4
#: A pattern is looked at more closely where a text takes it so many times as long as finding each of its characters.
SUSPECT = 12
#: How many times as long a text GROWTH times as long may take: four is linear, sixteen is quadratic.
ALLOWED = 8.0
#: And how many times as long as finding each character, whatever the growth: a bound of thousands is no bound.
MOST = 100
#: How often a text is looked at before it is called slow.
LOOKS = 20
#: Seconds of the processor before one text is given up: finding each of its characters takes a thousandth.
GIVEN_UP = 1.0
_ANY = {str: re.compile(r"[\s\S]"), bytes: re.compile(rb"[\s\S]")}
#: Patterns that are put together where they are used, with one such as it may be: module and first words.
BUILT: dict[tuple[str, str], list[re.Pattern[Any]]] = {
    ("text.cleaning", "join"): [re.compile(r"\bpretraining\b", re.IGNORECASE)],
    ("text.cleaning", "_join_broken"): [],
    ("parsing.lines", "spans"): [re.compile(b"\x03+")],
    ("parsing.labels", "_strip"): [
        *map(re.compile, (r"Voles\s+in\s+Hedges", labels._LABEL, labels._BARE_LABEL)),
    ],
    ("parsing.documents.alike", "_learn"): [
        re.compile(r'<article>\n<a\ href="([^\s\"][^\"]*+)">([^\s<][^<]*+)</a><p>\n([^\s<][^<\n]*+)\n</p></article>')
    ],
    ("parsing.layouts.api_json", "find_opening"): [api_json.find_opening("paper")],
    ("parsing.layouts.captures", "_find_escapes"): [re.compile(r"\\(_|\*|\[)")],
    ("parsing.layouts.xml_records", "_cut"): [
        re.compile(r"<(?:!--|!\[CDATA\[|(/?)(?:[\w-]{1,40}+:)?(paper|record)(?=[\s/>]))")
    ],
    ("parsing.layouts.xml_records", "_find_part"): [re.compile(r"<(?:metadata)(?=[\s>])")],
    ("parsing.layouts.references.tagged", "_read_piece"): [re.compile(reader.DIALECT.around) for reader in READERS],
    ("parsing.layouts.references.tagged", "_mark_around"): [],
    ("warehouse.settings_file", "find_place"): [re.compile(r"(?<![\w-])title(?![\w-])")],
    # Held by objects and tables of their modules, and found there.
    **{("parsing.layouts.references.tagged", name): [] for name in ("shown_by", "tag_line", "unfolding", "boundary")},
    **{("parsing.layouts.structured", name): [] for name in ("_lines", "_begins")},
}
_CALLS = ("compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")
#: Tables of patterns, each of which is only asked whether a line or a file begins so.
MATCHED = ("LINES", "BEGINNINGS")
#: Modules whose patterns meet nothing but our own files.
OURS = ("paperhouse.release.macros",)


def list_modules() -> list[ModuleType]:
    """Every module of the package."""
    found = pkgutil.walk_packages(paperhouse.__path__, "paperhouse.")
    return [importlib.import_module(info.name) for info in found if info.name not in OURS]


def find_held(value: object, depth: int = 0) -> Iterator[re.Pattern[Any]]:
    """The patterns that a value is or holds."""
    if isinstance(value, re.Pattern):
        yield value
    elif depth > 4:
        return
    elif type(value) in (dict, MappingProxyType):
        for item in value.values():
            yield from find_held(item, depth + 1)
    elif type(value) in (list, tuple, set, frozenset):
        for item in value:
            yield from find_held(item, depth + 1)
    elif type(value).__module__.startswith("paperhouse") and not isinstance(value, type):
        if dataclasses.is_dataclass(value):
            for item in dataclasses.fields(value):
                yield from find_held(getattr(value, item.name), depth + 1)
        for name, item in vars(type(value)).items():
            if isinstance(item, cached_property):
                yield from find_held(getattr(value, name), depth + 1)


def find_patterns() -> dict[tuple[str, str], re.Pattern[Any]]:
    """Every pattern of the code, by the module and the words it is found under."""
    found: dict[tuple[str, str], re.Pattern[Any]] = {}
    for module in list_modules():
        for name, value in list(vars(module).items()):
            holders = [(name, value)]
            if isinstance(value, type) and value.__module__ == module.__name__:
                holders = [(f"{name}.{inner}", item) for inner, item in vars(value).items()]
            for words, item in holders:
                for number, pattern in enumerate(find_held(item)):
                    if pattern not in found.values():
                        found[module.__name__, f"{words}#{number}" if number else words] = pattern
        for words, pattern in find_inline(module):
            found.setdefault((module.__name__, words), pattern)
    return found


def find_inline(module: ModuleType) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """Patterns in the calls of a module's functions; one that is put together there must be in BUILT."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            is_call = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in _CALLS
            if not is_call or not isinstance(call.func.value, ast.Name) or call.func.value.id != "re":
                continue
            words = f"{function.name}:re.{call.func.attr}({ast.unparse(call.args[0])})"
            try:
                flags = next((item.value for item in call.keywords if item.arg == "flags"), None)
                flags = flags or (call.args[-1] if "re." in ast.unparse(call.args[-1]) else None)
                value = eval(ast.unparse(flags), {"re": re}) if flags is not None else 0
                yield words, re.compile(ast.literal_eval(call.args[0]), value)
            except (ValueError, NameError):
                key = (module.__name__.removeprefix("paperhouse."), function.name)
                assert key in BUILT, f"{key}: say in BUILT what {ast.unparse(call.args[0])} may be"
                yield from ((f"{words}#{number}", built) for number, built in enumerate(BUILT[key]))


def find_uses(module: ModuleType) -> dict[str, set[str]]:
    """The methods that a module calls on each name of a pattern; `other` where it is handed on."""
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    uses: dict[str, set[str]] = {}
    called = set()
    # A call comes before the names in it.
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _CALLS:
            called.add(id(node.value))
            uses.setdefault(_name_of(node.value), set()).add(node.attr)
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in called:
            uses.setdefault(_name_of(node), set()).add("other")
    return uses


def _name_of(node: ast.AST) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def choose_methods(module: str, words: str) -> list[str]:
    """How a pattern is tried: from its beginning only where nothing else is done with it."""
    inline = re.search(r":re\.(\w+)\(", words)
    name = words.split("#")[0].split(".")[-1]
    used = {"other"}
    if inline:
        used = {inline[1]}
    elif name in MATCHED:
        used = {"match"}
    elif name.startswith("_"):
        used = find_uses(importlib.import_module(module)).get(name, used)
    return sorted(used) if used <= {"match", "fullmatch"} else ["finditer"]


class GivenUpError(Exception):
    """A text took a pattern more than GIVEN_UP seconds."""


@contextmanager
def giving_up() -> Iterator[None]:
    """End what takes too long; patterns look for signals now and then."""

    def give_up(signum: int, frame: FrameType | None) -> None:
        raise GivenUpError

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, GIVEN_UP)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def take_time(pattern: re.Pattern[Any], text: Any, method: str, repeat: int = 2) -> float:
    """Seconds of the processor that a pattern takes for a text: the least of some runs."""
    seconds = []
    for _ in range(repeat):
        start = time.thread_time()
        if method == "finditer":
            for _found in pattern.finditer(text):
                pass
        else:
            getattr(pattern, method)(text)
        seconds.append(time.thread_time() - start)
    return min(seconds)


def find_trouble(pattern: re.Pattern[Any], methods: list[str]) -> str | None:
    """What makes the pattern slow, in words; None where nothing does."""
    kind = type(pattern.pattern)
    scan = take_time(_ANY[kind], make_text(kind, "", "a", "", SIZE), "finditer", 9)
    for parts in list_units(pattern):
        for method in methods:
            if trouble := look(pattern, method, parts, scan):
                before, unit, end = parts
                return f"{method} on {before!r} + {unit!r} * n + {end!r} {trouble}"
    return None


def look(pattern: re.Pattern[Any], method: str, parts: tuple[str, str, str], scan: float) -> str | None:
    """How a text of such parts slows the pattern.

    Whatever else a machine does only adds to a time: the least of many is the pattern's own. One that is called slow is
    looked at longer.
    """
    kind = type(pattern.pattern)
    text, longest = make_text(kind, *parts, SIZE), make_text(kind, *parts, GROWTH * SIZE)
    shorter, longer = inf, inf
    try:
        with giving_up():
            # What doubles with each character is given up here.
            take_time(pattern, make_text(kind, *parts, SIZE // 16), method, 1)
            if take_time(pattern, text, method, 1) < SUSPECT * scan:
                return None
        for _ in range(LOOKS):
            with giving_up():
                shorter = min(shorter, take_time(pattern, text, method, 5))
                longer = min(longer, take_time(pattern, longest, method))
            if longer <= ALLOWED * shorter and longer <= MOST * GROWTH * scan:
                return None
    except GivenUpError:
        return "does not end"
    return f"takes {longer / shorter:.1f} times as long for {GROWTH} times the text"


def make_text(kind: type, before: str, unit: str, end: str, size: int) -> Any:
    """A text of about so many characters."""
    text = before + unit * max(1, size // len(unit)) + end
    return text if kind is str else text.encode("latin-1", "replace")


def test_every_pattern_takes_linear_time():
    troubles = {}
    for (module, words), pattern in find_patterns().items():
        if trouble := find_trouble(pattern, choose_methods(module, words)):
            troubles[f"{module}.{words}"] = f"{pattern.pattern!r}: {trouble}"
    assert not troubles, "\n".join(f"{name}: {trouble}" for name, trouble in troubles.items())


@pytest.mark.parametrize(
    "planted",
    [
        r"\s*\s*\s*<html",
        r"(?m)^[ \t]*$\n*x",
        r"(?:\w+\s?)+$",
        r"\s+[|·]\s+",
        r"<!--.*?-->",
        rb"(?:a|b)+c",
    ],
)
def test_a_slow_pattern_is_told(planted, monkeypatch):
    # What is slow once more is slow: to look at it for longer only spares others.
    monkeypatch.setattr(f"{__name__}.LOOKS", 3)
    # A busy machine blurs one look: what seems fast is let go at once.
    assert any(find_trouble(re.compile(planted), ["finditer", "fullmatch"]) for _ in range(15))


@pytest.mark.parametrize("good", [r"\s*+x", r"(?<!\s)\s++[|·]\s+", r"\s{0,20}x", r"[^<]*+<"])
def test_a_pattern_that_does_not_go_back_is_let_through(good):
    assert find_trouble(re.compile(good), ["match"]) is None


def test_patterns_are_found_wherever_they_are_held(monkeypatch):
    slow = re.compile(r"\s+planted")
    monkeypatch.setattr(api_json, "_PLANTED", {"in": ("a tuple", [slow])}, raising=False)
    assert slow in find_patterns().values()
