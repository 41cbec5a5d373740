"""A weighted context-free grammar that writes many texts at once.

It knows rules, keys and how to expand them; the words and sentences themselves are in `vocabulary`, `areas` and
`sentences`.

A rule is a symbol with weighted productions, strings in which `{symbol}` stands for an expansion of another one:

- `{^noun}` begins with a capital, `{a noun}` is preceded by "a" or "an", `{^a noun}` by "A" or "An";
- `{*noun}` is written as in a title, every word but the small ones with a capital;
- `{noun:s}`, `{verb:ing}`, `{verb:ed}`, `{verb:s}` inflect the last word;
- a rule named `noun@vision` replaces `noun` in texts of the profile `vision`;
- a *bound* symbol expands alike wherever it occurs under one key (title and abstract included), and symbols bound
  to the same group choose the production of the same index: that is how a long form meets its abbreviation.

Expansion is an array operation: every node of every text's derivation tree carries a key, a production is chosen
by the key, and the children's keys are derived from it. So a text depends on its own key only.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from . import draws
from .inflection import INFLECTIONS, add_article, capitalise, write_as_title

#: Deeper derivations mean a rule that leads back to itself.
MAXIMAL_DEPTH = 24

_SLOT = re.compile(r"\{([\^*]?)(a )?([a-z_]+)(?::([a-z]+))?\}")
_NO_RULE = -1


@dataclass(frozen=True)
class Rule:
    """Productions of one symbol and how often each is chosen (whole-number weights)."""

    productions: tuple[str, ...]
    weights: tuple[int, ...]


def even(*productions: str) -> Rule:
    """Choose each production equally often."""
    return Rule(productions, (1,) * len(productions))


def weighted(productions: Mapping[str, int]) -> Rule:
    """Choose each production in proportion to its weight."""
    return Rule(tuple(productions), tuple(productions.values()))


def zipf(words: Sequence[str], offset: int = 8) -> Rule:
    """Choose words like real vocabularies do: the word of rank r with weight 1 / (r + offset)."""
    return Rule(tuple(words), tuple(2_520_000 // (rank + offset) for rank in range(1, len(words) + 1)))


@dataclass(frozen=True)
class _Variant:
    """A symbol together with how its first and last word are changed."""

    symbol: str
    first: str = ""
    last: str = ""


class Grammar:
    """Rules compiled into arrays.

    Args:
        rules: productions by symbol; `symbol@profile` overrides `symbol` in that profile.
        bound: group by bound symbol.
        profiles: what texts may be written in; each is a tuple of names, of which the earlier override the later.
        starts: the symbols that texts are expanded from.

    Raises:
        ValueError: a production names a symbol without a rule.
    """

    def __init__(
        self,
        rules: Mapping[str, Rule],
        bound: Mapping[str, str],
        profiles: Sequence[tuple[str, ...]],
        starts: Sequence[str],
    ) -> None:
        """Compile every rule reachable from the starts."""
        self._rules = rules
        self._profiles = profiles
        self._lexicon: dict[str, int] = {}
        self._variants: dict[_Variant, int] = {}
        self._compiled: dict[tuple[str, str, str], int] = {}
        self._starts = {start: self._variant(_Variant(start)) for start in starts}
        groups: list[int] = []
        rows: list[list[int]] = []
        codes: list[int] = []
        lengths: list[int] = []
        totals: list[int] = []
        cumulative: list[int] = []
        first_production: list[int] = []
        base = 0
        done = 0
        # Compiling one variant may discover others, so the worklist grows while it is walked.
        while done < len(self._variants):
            variant = list(self._variants)[done]
            done += 1
            group = bound.get(variant.symbol)
            groups.append(draws.name_salt(group) if group else 0)
            row = []
            for profile in profiles:
                key = (self._resolve(variant.symbol, profile), variant.first, variant.last)
                if key not in self._compiled:
                    self._compiled[key] = len(first_production)
                    rule = rules[key[0]]
                    first_production.append(len(lengths))
                    totals.append(sum(rule.weights))
                    for production, weight in zip(rule.productions, rule.weights, strict=True):
                        compiled = self._compile(production, variant)
                        codes.extend(compiled)
                        lengths.append(len(compiled))
                        base += weight
                        cumulative.append(base)
                row.append(self._compiled[key])
            rows.append(row)
        self._group = np.array(groups, dtype=np.uint64)
        self._rule_of = np.array(rows, dtype=np.int64)
        self._codes = np.array(codes, dtype=np.int64)
        self._length = np.array(lengths, dtype=np.int64)
        self._offset = np.concatenate([[0], np.cumsum(self._length)[:-1]])
        self._total = np.array(totals, dtype=np.int64)
        self._cumulative = np.array(cumulative, dtype=np.int64)
        ends = np.cumsum(self._total)
        self._base = ends - self._total
        self._words = pl.Series(list(self._lexicon), dtype=pl.String)

    def write(self, start: str, keys: draws.Keys, profile: npt.NDArray[np.int64]) -> pl.Series:
        """Expand a start symbol once per key.

        Args:
            start: one of the starts.
            keys: one per text; texts with equal keys and profiles are equal.
            profile: index into the profiles, one per text.

        Returns:
            one text per key, in order.

        Raises:
            ValueError: a rule leads back to itself without end.
        """
        count = len(keys)
        text = np.arange(count, dtype=np.int64)
        code = np.full(count, -1 - self._starts[start], dtype=np.int64)
        key = draws.mix(keys, draws.name_salt("text"))
        for _ in range(MAXIMAL_DEPTH):
            is_open = code < 0
            if not is_open.any():
                return self._join(text, code, count)
            text, code, key = self._expand(text, code, key, is_open, keys, profile)
        raise ValueError(f"the grammar does not come to an end from {start!r}")

    def _expand(
        self,
        text: npt.NDArray[np.int64],
        code: npt.NDArray[np.int64],
        key: draws.Keys,
        is_open: npt.NDArray[np.bool_],
        keys: draws.Keys,
        profile: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], draws.Keys]:
        """Replace each open node by the children of a production; closed ones stay."""
        variant = -1 - code[is_open]
        owner = text[is_open]
        group = self._group[variant]
        node_key = key[is_open]
        is_bound = group != 0
        node_key[is_bound] = draws.mix(keys[owner[is_bound]], group[is_bound])
        rule = self._rule_of[variant, profile[owner]]
        target = self._base[rule] + draws.below(node_key, self._total[rule])
        production = np.searchsorted(self._cumulative, target, side="right")

        repeats = np.ones(len(code), dtype=np.int64)
        repeats[is_open] = self._length[production]
        parent = np.repeat(np.arange(len(code)), repeats)
        starts = np.cumsum(repeats) - repeats
        child = np.arange(len(parent)) - starts[parent]

        source = np.zeros(len(code), dtype=np.int64)
        source[is_open] = self._offset[production]
        parent_key = key.copy()
        parent_key[is_open] = node_key
        was_open = is_open[parent]
        new_code = code[parent]
        new_code[was_open] = self._codes[(source[parent] + child)[was_open]]
        new_key = parent_key[parent]
        new_key[was_open] = draws.mix(new_key[was_open], child[was_open])
        return text[parent], new_code, new_key

    def _join(self, text: npt.NDArray[np.int64], code: npt.NDArray[np.int64], count: int) -> pl.Series:
        """Concatenate the words of each text.

        Gathered words lie end to end in one Arrow buffer, and a text's words are neighbours in it, so the texts
        are already there: only the offsets have to be thinned out to one per text.
        """
        taken = self._words.gather(code).to_arrow()
        _, offset_buffer, characters = cast("list[pa.Buffer]", taken.buffers())
        word_offsets = np.frombuffer(memoryview(offset_buffer), dtype=np.int64)
        first_word = np.searchsorted(text, np.arange(count + 1))
        text_offsets = pa.py_buffer(word_offsets[first_word].tobytes())
        return pl.Series(pl.from_arrow(pa.LargeStringArray.from_buffers(count, text_offsets, characters)))

    def _resolve(self, symbol: str, profile: tuple[str, ...]) -> str:
        for name in profile:
            if f"{symbol}@{name}" in self._rules:
                return f"{symbol}@{name}"
        if symbol not in self._rules:
            raise ValueError(f"no rule for {{{symbol}}} in profile {profile}")
        return symbol

    def _variant(self, variant: _Variant) -> int:
        return self._variants.setdefault(variant, len(self._variants))

    def _word(self, word: str) -> int:
        return self._lexicon.setdefault(word, len(self._lexicon))

    def _compile(self, production: str, variant: _Variant) -> list[int]:
        """Turn a production into codes: a word's number, or minus one minus a variant's number."""
        pieces: list[str | _Variant] = []
        at = 0
        for slot in _SLOT.finditer(production):
            if slot.start() > at:
                pieces.append(production[at : slot.start()])
            first = slot[1] + (slot[2] or "").strip()
            pieces.append(_Variant(slot[3], first, slot[4] or ""))
            at = slot.end()
        if at < len(production):
            pieces.append(production[at:])
        if variant.last and pieces:
            pieces[-1] = _change(pieces[-1], "last", variant.last)
        if variant.first == "*":
            # Pieces glued to the one before are the middle of a word.
            pieces = [
                piece if place and _is_glued(pieces[place - 1], piece) else _change(piece, "first", "*")
                for place, piece in enumerate(pieces)
            ]
        elif variant.first and pieces:
            pieces[0] = _change(pieces[0], "first", variant.first)
        return [self._word(piece) if isinstance(piece, str) else -1 - self._variant(piece) for piece in pieces]


_FIRST_CHANGES: dict[str, Callable[[str], str]] = {
    "^": capitalise,
    "*": write_as_title,
    "a": add_article,
    "^a": lambda word: capitalise(add_article(word)),
}


def _is_glued(before: str | _Variant, piece: str | _Variant) -> bool:
    """Tell whether a piece goes on with the word that the one before it ends in; slots are taken to be word parts."""
    starts_inside = piece[0].isalnum() if isinstance(piece, str) else True
    return starts_inside and (before[-1].isalnum() if isinstance(before, str) else True)


def _change(piece: Any, side: str, change: str) -> Any:
    """Apply a change of the first or last word to a literal, or hand it down to a slot."""
    if isinstance(piece, str):
        return (_FIRST_CHANGES if side == "first" else INFLECTIONS)[change](piece)
    present = getattr(piece, side)
    if present and (change, present) != ("^", "a"):
        raise ValueError(f"{{{piece.symbol}}} is changed twice on its {side} word: {change} and {present}")
    parts = {"symbol": piece.symbol, "first": piece.first, "last": piece.last, side: change + present}
    return _Variant(**parts)
