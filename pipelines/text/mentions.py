"""Mentions: every place of a batch of texts where a form of a keyword stands, whatever stands around it.

A vocabulary of keys goes in, each with all spellings of it that differ by hyphens, spaces, case, plural and whatever
else a key folds. Which keys there are, and which keyword a form is of, is decided in SQL (dbt).

A run of words is the same as a key if the letters of both are the same in order, so it is a number (runs.py), and a
step finds all runs of one more word in a whole batch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from .counting import list_by_row, number_values
from .folding import fold_parts, fold_word
from .known import open_lists, used_places
from .lexicon import word_classes
from .runs import BASE, RunningWords, compose_runs, describe_keys, number_keys
from .sieve import list_parts
from .tokens import tokenize

_MIX = np.uint64(0xD6E8FEB86659FD93)
_ONE = np.ones(1, dtype=np.uint64)
#: A run's first part and how many follow in one number; the longest keys have fewer parts.
_STEP_BITS = 8
_MOST_PARTS = (1 << _STEP_BITS) - 1
#: Letters of a run's first word that tell whether any key begins so.
PREFIX = 8
#: Keys of which a vocabulary is made at a time.
_KEYS = 250_000

#: One row per text: the forms found in it, each with its places.
FOUND = {
    "text_id": pl.String(),
    "form_numbers": pl.List(pl.Int64()),  # of FORMS, distinct
    "starts": pl.List(pl.List(pl.Int32())),  # of each form, character offsets in the title, then in the abstract
    "title_counts": pl.List(pl.Int32()),  # of each form, how many of its places are in the title
    "parts": pl.List(pl.Int32()),  # short numbers of its distinct words, as Sieve.find_possible takes them
}

#: One row per form: texts by the million name forms by their numbers. A number is that of the two texts beside it, the
#: same in every batch.
FORMS = {
    "form_number": pl.Int64(),
    "form": pl.String(),  # as written
    "phrase_key": pl.String(),  # folded as it is written
}


@dataclass(frozen=True)
class Mentions:
    """What was found in a batch of texts: rows of FOUND, and of FORMS for the forms that they name."""

    texts: pl.DataFrame
    forms: pl.DataFrame


class Vocabulary:
    """The keys that are looked for, as numbers in a table that is asked for millions of numbers at a time.

    Attributes:
        numbers: of the keys, sorted.
        edges: function words that begin or end a key.
        rooms: prefix (of the keys' letters, hashed) and bytes of the longest key that begins so.
    """

    def __init__(self, numbers: np.ndarray, edges: pl.Series, rooms: pl.DataFrame) -> None:
        """See the attributes; numbers, edges and prefixes in any order, and also several times."""
        self.numbers, self.edges = np.unique(numbers), edges.unique()
        self.rooms = rooms.group_by("prefix").agg(pl.col("room").max()).sort("prefix")

    @cached_property
    def _table(self) -> "_Table":
        """Of the numbers; a vocabulary that only others are made of needs none."""
        return _Table(_mix(self.numbers))

    @classmethod
    def of_keys(cls, keys: Sequence[str] | pl.Series) -> "Vocabulary":
        """The vocabulary of phrase keys: words parted by one space.

        A key with a function word is looked for word by word, and as one closed word: `on policy`, `onpolicy`.
        """
        phrases = pl.Series(keys, dtype=pl.String)
        # Letters of keys are numbers on the way, eight bytes each, several times.
        pieces = [_describe_phrases(phrases[at : at + _KEYS]) for at in range(0, max(len(phrases), 1), _KEYS)]
        numbers, edges, rooms = zip(*pieces, strict=True)
        return cls(np.concatenate(numbers), pl.concat(edges), pl.concat(rooms))

    def without(self, known: "Vocabulary") -> "Vocabulary":
        """What the other one does not have."""
        if not len(known):
            return self
        return Vocabulary(np.setdiff1d(self.numbers, known.numbers, assume_unique=True), self.edges, self.rooms)

    def joined(self, other: "Vocabulary") -> "Vocabulary":
        """What either has."""
        if not (len(self) and len(other)):
            return self if len(self) else other
        numbers = np.concatenate((self.numbers, other.numbers))
        return Vocabulary(numbers, pl.concat([self.edges, other.edges]), pl.concat([self.rooms, other.rooms]))

    def give_room(self, prefix: np.ndarray) -> np.ndarray:
        """Bytes of the longest key that may begin with a word of each prefix; 0 where none does."""
        known, room = self.rooms["prefix"].to_numpy(), self.rooms["room"].to_numpy()
        place = np.minimum(np.searchsorted(known, prefix), max(len(known) - 1, 0))
        return np.where(known[place] == prefix, room[place], 0) if len(known) else np.zeros(len(prefix), dtype=np.int64)

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self.numbers)

    def find(self, numbers: np.ndarray) -> np.ndarray:
        """Places of the numbers that are those of keys."""
        return self._table.find(_mix(numbers))


class _Table:
    """Mixed numbers, sorted, with the place of the first of each bucket: those that begin with the same bits."""

    def __init__(self, mixed: np.ndarray) -> None:
        mixed = np.sort(mixed)
        bits = max(len(mixed).bit_length() + 3, 4)
        self._shift = np.uint64(64 - bits)
        sizes = np.bincount((mixed >> self._shift).astype(np.int64), minlength=1 << bits).astype(np.int32)
        self._first = np.cumsum(sizes, dtype=np.int32) - sizes
        self._is_filled, self._deepest = sizes > 0, int(sizes.max(initial=1))
        # Behind the last one, so that a look beyond it is none outside of the table.
        self._mixed = np.concatenate((mixed, np.full(self._deepest, ~np.uint64(0))))

    def find(self, mixed: np.ndarray) -> np.ndarray:
        """Places of those that are in the table."""
        bucket = (mixed >> self._shift).astype(np.int32)
        # A small table says of nine in ten that they are none.
        places = np.flatnonzero(self._is_filled[bucket])
        mixed, first = mixed[places], self._first[bucket[places]]
        found = self._mixed[first] == mixed
        for depth in range(1, self._deepest):
            found |= self._mixed[first + depth] == mixed
        return places[found]


def _describe_phrases(phrases: pl.Series) -> tuple[np.ndarray, pl.Series, pl.DataFrame]:
    """Numbers, edges and rooms of phrase keys, as a vocabulary is made of them."""
    phrases = phrases.filter(phrases != "")
    parts = phrases.str.split(" ")
    counts = parts.list.len().to_numpy()
    distinct, ids = number_values(parts.explode(empty_as_null=False, keep_nulls=False))
    first = np.cumsum(counts, dtype=np.int64) - counts
    facts = describe_keys(distinct)
    as_written, closed = (RunningWords.of_keys(facts, ids.to_numpy(), closing) for closing in (False, True))
    numbers, lengths = compose_runs(as_written, first, counts)
    ends = np.concatenate((first, first + counts - 1))
    edges = distinct.gather(np.unique(ids.to_numpy()[ends[as_written.is_function[ends]]]))
    letters = phrases.str.replace_all(" ", "", literal=True)
    prefixes = (
        pl.DataFrame({"prefix": hash_prefixes(letters, length), "room": lengths}) for length in range(1, PREFIX + 1)
    )
    # Each length by itself: all prefixes of all keys at once would take eight times the memory.
    rooms = pl.concat([prefix.group_by("prefix").agg(pl.col("room").max()) for prefix in prefixes])
    return np.concatenate((numbers, compose_runs(closed, first, counts)[0])), edges, rooms


def hash_prefixes(words: pl.Series, length: int) -> pl.Series:
    """A number for the first letters of each word: the whole word where it has fewer."""
    return words.str.slice(0, length).hash()


def _mix(numbers: np.ndarray) -> np.ndarray:
    """Numbers whose first bits depend on all bits of the given ones; different ones stay different."""
    mixed = (numbers ^ (numbers >> np.uint64(32))) * _MIX
    return mixed ^ (mixed >> np.uint64(29))


@dataclass(frozen=True)
class _Parts:
    """The running parts of words in a batch of texts: words, but those with hyphens are taken apart.

    Attributes:
        known: facts of the parts of all known words, a value each: those of _describe_parts.
        part: of each running part, its place in `known`.
        field: text and field of each, row * 2 + whether it stands in the abstract.
        start, end: offsets of each in its field.
        is_joined: whether one space or a hyphen and nothing else stands between it and the part before.
        is_within: whether it is of the same word as the part before.
    """

    known: pl.DataFrame
    part: np.ndarray
    field: np.ndarray
    start: np.ndarray
    end: np.ndarray
    is_joined: np.ndarray
    is_within: np.ndarray

    def are_loose(self, at: np.ndarray, count: np.ndarray) -> np.ndarray:
        """Which runs begin with a word that only a hyphen makes a part of a term: `in context` is no `in-context`.

        Two function words in a row (`in the wild`) are part of it, since no term begins with the second one.
        """
        is_linking, is_function = self.known["is_linking"].to_numpy(), self.known["is_function"].to_numpy()
        second = np.minimum(at + 1, len(self.part) - 1)
        return (count > 1) & is_linking[self.part[at]] & ~self.is_within[second] & ~is_function[self.part[second]]


def _describe_parts(words: pl.Series) -> pl.DataFrame:
    """The parts of each word, a struct each: key (folded), start and end in the word, the facts of runs.KEY_FACTS,
    prefix (hashed) and is_linking.
    """
    is_joined = words.str.contains(r"[-‐‑–/_]")
    joined, simple = is_joined.arg_true(), (~is_joined).arg_true()
    taken = [
        (number, *part)
        for number, word in zip(joined.to_list(), words.gather(joined).to_list(), strict=True)
        for part in fold_parts(word)
    ]
    plain = words.gather(simple)
    whole = pl.DataFrame(
        {
            "id": simple,
            "key": pl.Series(map(fold_word, plain.to_list()), dtype=pl.String),
            "start": pl.repeat(0, len(plain), dtype=pl.Int64, eager=True),
            "end": plain.str.len_chars().cast(pl.Int64),
        }
    )
    parts = pl.concat([whole, pl.DataFrame(taken, schema=whole.schema, orient="row")]).sort("id", maintain_order=True)
    parts = parts.hstack(describe_keys(parts["key"])).with_columns(
        prefix=hash_prefixes(parts["key"], PREFIX),
        is_linking=parts["key"].is_in(pl.Series(sorted(word_classes()["linking"])).implode()),
    )
    listed = parts.group_by("id", maintain_order=True).agg(part=pl.struct(pl.exclude("id")))
    return listed.select("part")


def _take_apart(texts: pl.DataFrame) -> _Parts:
    tokens = tokenize(texts)
    flat = tokens.flat
    token, part, values = open_lists(tokens.known.facts(_describe_parts)["part"], flat["word"].to_numpy())
    known = values.struct.unnest()
    is_within = np.zeros(len(token), dtype=bool)
    is_within[1:] = token[1:] == token[:-1]
    field = flat["row"].to_numpy().astype(np.int64) * 2 + flat["in_abstract"].to_numpy()
    start = flat["start"].to_numpy()[token]
    return _Parts(
        known,
        part,
        field[token],
        start + known["start"].to_numpy()[part],
        start + known["end"].to_numpy()[part],
        is_within | flat["is_joined"].to_numpy()[token],
        is_within,
    )


def _find(parts: _Parts, vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """First part and number of parts of every run that is a key, in reading order, shorter ones first."""
    words = RunningWords.of_keys(parts.known, parts.part)
    at, number = used_places(parts.part, parts.known.height)
    used = parts.known.select("key", "prefix", "is_function")[at]
    # Most runs begin or end with a function word, and hardly a key does.
    is_edge = (~used["is_function"] | used["key"].is_in(vocabulary.edges.implode())).to_numpy()[number]
    room = vocabulary.give_room(used["prefix"].to_numpy())[number]
    follows = np.append(parts.is_joined, False)
    first = np.flatnonzero(is_edge & (room > 0))
    numbers, lengths, room = words.number[first], words.length[first], room[first]
    found = []
    for step in range(_MOST_PARTS + 1):
        looked = np.flatnonzero(is_edge[first + step])
        hits = first[looked[vocabulary.find(numbers[looked])]]
        found.append(hits << _STEP_BITS | step)
        live = np.flatnonzero(follows[first + step + 1])
        at = first[live] + step + 1
        grown = lengths[live] + words.added[at]
        short = grown <= room[live]
        live, at, lengths = live[short], at[short], grown[short]
        if not len(live):
            break
        first, room = first[live], room[live]
        numbers = numbers[live] * words.times[at] + words.plus[at]
    packed = np.sort(np.concatenate(found))
    return packed >> _STEP_BITS, (packed & _MOST_PARTS) + 1


def find_mentions(texts: pl.DataFrame, vocabulary: Vocabulary) -> Mentions:
    """Every place of every key in every text, however it is written, those inside longer ones as well.

    Args: texts: text_id, title, abstract (nullable): cleaned.
    Returns: a row per text in the given order, whose lists are empty where nothing is found, and the forms.
    """
    parts = _take_apart(texts)
    at, count = _find(parts, vocabulary)
    is_meant = ~parts.are_loose(at, count)
    at, count = at[is_meant], count[is_meant]
    form, forms = _print_forms(texts, parts, at, count)
    row, in_abstract = np.divmod(parts.field[at], 2)
    grouped = (
        pl.DataFrame(
            {"place": row * (forms.height + 1) + form, "start": parts.start[at], "is_title": 1 - in_abstract},
            schema={"place": pl.Int64, "start": pl.Int32, "is_title": pl.Int32},
        )
        .group_by("place", maintain_order=True)
        .agg(pl.col("start"), pl.col("is_title").sum())
    )
    rows, form = np.divmod(grouped["place"].to_numpy(), forms.height + 1)
    found = pl.DataFrame(
        {
            "text_id": texts["text_id"],
            "form_numbers": list_by_row(rows, forms["form_number"].gather(form), texts.height),
            "starts": list_by_row(rows, grouped["start"], texts.height),
            "title_counts": list_by_row(rows, grouped["is_title"], texts.height),
            "parts": list_parts(parts.field // 2, parts.part, parts.known["number"].to_numpy(), texts.height),
        },
        schema=FOUND,
    )
    return Mentions(found, forms)


def _print_forms(
    texts: pl.DataFrame, parts: _Parts, at: np.ndarray, count: np.ndarray
) -> tuple[np.ndarray, pl.DataFrame]:
    """For each run the place of its form in the distinct forms, which are rows of FORMS."""
    ids = _mix(parts.part.astype(np.uint64) + _ONE)
    hashes = ids[at]
    for step in range(1, int(count.max(initial=0))):
        longer = np.flatnonzero(count > step)
        hashes[longer] = hashes[longer] * np.uint64(BASE) + ids[at[longer] + step]
    # Runs of the same parts of the same words are printed once.
    _, number = number_values(pl.Series(hashes, dtype=pl.UInt64))
    example = number.is_first_distinct().arg_true().to_numpy()
    first, last = at[example], at[example] + count[example] - 1
    row, in_abstract = np.divmod(parts.field[first], 2)
    printed = pl.concat([texts["title"], texts["abstract"].fill_null("")]).gather(row + in_abstract * texts.height)
    place = {"start": parts.start[first], "length": parts.end[last] - parts.start[first]}
    forms = pl.DataFrame({"text": printed, **place}).select(
        form=pl.col("text").str.slice("start", "length"), phrase_key=_join_keys(parts, first, count[example])
    )
    number_of_form, *_ = number_keys(forms.select(pl.concat_str("form", "phrase_key", separator="\0")).to_series())
    forms = forms.with_columns(form_number=pl.Series(number_of_form.view(np.int64)))
    # The same word may stand by itself and as a part of a longer one: GPT, GPT-based.
    _, same = number_values(forms["form_number"])
    return same.gather(number).to_numpy().astype(np.int64), forms.filter(same.is_first_distinct()).select(list(FORMS))


def _join_keys(parts: _Parts, at: np.ndarray, count: np.ndarray) -> pl.Series:
    """Key of each run: those of its parts, parted by one space."""
    places, joined = [], []
    for n in np.unique(count):
        place = np.flatnonzero(count == n)
        words = [parts.known["key"].gather(parts.part[at[place] + i]) for i in range(n)]
        places.append(place)
        joined.append(pl.select(pl.concat_str(words, separator=" ")).to_series())
    if not joined:
        return pl.Series(dtype=pl.String)
    return pl.concat(joined).gather(np.argsort(np.concatenate(places)))
