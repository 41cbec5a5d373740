"""Facts of single words, worked out once per distinct word: its key and the places it may take in a phrase.

Nothing here sees a text; tokens.py joins these facts to running words by number.
"""

import re
from collections import defaultdict
from functools import cache, lru_cache

import polars as pl

from .folding import fold_word, singular
from .lexicon import breaking_forms, word_classes


class Place:
    """Bits that say where in a phrase a word may stand; a word without any place breaks the phrase.

    Plain numbers: combining members of an enumeration takes ten times as long, and every new word does it.
    """

    NONE = 0
    START = 1
    INSIDE = 2
    END = 4
    ALONE = 8
    #: A capitalised word that a version number may follow: `Llama 3`.
    NAME = 16
    #: A version number or model size, good after a name only.
    VERSION = 32
    #: Spelled like nothing else: GPT, LoRA, mT5. Such a word says something even where it stands once.
    SPECIAL = 64
    #: A noun of papers about papers, which makes a phrase that occurs once worthless: `promising direction`.
    GENERIC = 128
    #: An adjective too vague to make a term of a common noun: `complex tasks`.
    VAGUE = 256
    #: A noun that is a verb after a word with VERB_SIGN (`to process videos`), a gerund that is one after GERUND_SIGN
    #: (`by scaling data`).
    EITHER = 512
    GERUND = 1024
    VERB_SIGN = 2048
    GERUND_SIGN = 4096
    #: A form of a verb that is a noun after a word with SINGULAR: `tool use`, not `models use`.
    FOLLOWING = 8192
    SINGULAR = 16384
    #: What a name may be told to be just before it, `the metric ReGap`: both are no term together.
    NAMING = 32768
    #: A noun in the plural, after which EITHER and a gerund are verbs (`models face`, `rules governing use`); TITLED
    #: where its capital may be a name's (`Hawkes process`).
    PLURAL = 65536
    TITLED = 131072
    #: A gerund that is a term or opens one as any noun does (`training data`), not only a verb with its object.
    NOMINAL = 262144
    #: Words before which, and after which, a gerund is a verb rather than a noun.
    DOING_SIGN = 524288
    PURPOSE_SIGN = 1048576
    OBJECT_SIGN = 2097152
    #: A number of any kind, and a unit, which is part of the number before it.
    NUMERAL = 4194304
    UNIT = 8388608
    #: A past participle that a noun in the plural has for its verb: `teams submitted systems`.
    PARTICIPLE = 16777216


_NOUN = Place.START | Place.INSIDE | Place.END | Place.ALONE
_ANY_PLACE = Place.START | Place.INSIDE | Place.END
_ADJECTIVE = Place.START | Place.INSIDE
#: Words longer than this are residue of markup or of a broken link, not words.
_MAX_LENGTH = 40
#: A word in capitals below this length is an acronym (SET, MAP), whatever its letters spell in lower case.
_ACRONYM_LENGTH = 6
_VERSION = re.compile(r"v?\d(?:\.\d)?|\d+(?:\.\d+)?B|\d+x\d+(?:\.\d+)?B")
_NUMBER = re.compile(
    r"[\d.,:/x×-]+(?:st|nd|rd|th|s|ms|k|m|b|t|x|gb|mb|kb|tb|fps|hz|khz|mhz|ghz|nm|mm|cm|km|kw|mw|db|pp)?", re.IGNORECASE
)
#: What makes the last part of a word more than a word: GPT-4, resnet50, C++.
_UNPLAIN = re.compile(r"[\d+#_.]")
#: Two sentences without a space between: inefficient.In
_GLUED = re.compile(r"[a-z]{2}\.[A-Z]")
_LETTER = re.compile(r"[^\W\d_]")
_HYPHEN = re.compile(r"[-‐‑–/]")
_VOWELS = frozenset("aeiouy")
#: Two capitals, a capital inside, a digit or a sign.
_SPECIAL = re.compile(r"[^\W\d_a-zß-ÿα-ω].*[^\W\d_a-zß-ÿα-ω]|[a-zα-ω][A-Z]|\d|\+\+|#")
_ADJECTIVE_ENDING = (
    "al", "ive", "ous", "ic", "able", "ible", "less", "ful", "ary", "ish", "ant", "ent", "ular", "like", "wise",
    "aware", "based", "driven", "agnostic", "free", "oriented",
)  # fmt: skip
_VERB_ENDING = re.compile(r"[a-z]{3,}(?:ize|izes|izing|ify|ifies|ifying)")
_ED_NOUN = frozenset(
    "embed sled shed moped biped quadruped med wed red led bed infrared hundred watershed testbed".split()
)
_PRAISE = frozenset("well better best worse worst more most much so newly ever highly hard easy".split())
_PREFIXES = frozenset(
    (
        "auto bi co cross de hyper inter intra macro meta micro multi non post pre proto pseudo self semi sub super "
        "trans un"
    ).split()
)
_LY_ADJECTIVE = frozenset(
    "costly daily early friendly hourly likely monthly only timely unlikely weekly yearly".split()
)
_LY_NOUN = frozenset("family anomaly assembly supply reply monopoly butterfly doubly polly fly ply italy july".split())


def place_word(word: str) -> int:
    """Bits of Place of one written word."""
    lower = word.lower().replace("’", "'")
    place = _place(word, lower)
    return place | _role(word, lower, place)


def _role(word: str, lower: str, place: int) -> int:
    """What a word is to its neighbours, whatever its own place."""
    role = _listed_roles().get(lower, Place.NONE)
    is_plural = lower.endswith("s") and singular(lower) != lower
    if not is_plural and lower.isalpha() and _plain_place(lower) & Place.END and singular(lower) == lower:
        role |= Place.SINGULAR
    if is_plural and place & Place.END and word.endswith("s"):
        role |= Place.PLURAL | (Place.TITLED if word.istitle() else Place.NONE)
    # A string or a king is no gerund.
    if lower.endswith("ing") and not _VOWELS.isdisjoint(lower[:-3]):
        role |= Place.GERUND
    if lower.endswith("ed") and place & _ANY_PLACE == _ADJECTIVE and lower.isalpha():
        role |= Place.PARTICIPLE
    if lower.endswith("ly") and not place and lower not in _LY_ADJECTIVE:
        # To effectively bridge is to bridge.
        role |= Place.DOING_SIGN | Place.VERB_SIGN
    is_numeral = _may_be_number(word) and (_NUMBER.fullmatch(word) or _VERSION.fullmatch(word))
    return role | Place.NUMERAL if is_numeral else role


def _may_be_number(word: str) -> bool:
    """Whether a look at the patterns of numbers is worth it: of letters alone only `x`, `xs` and the like are any."""
    return not word.isalpha() or word[0] in "xX"


@cache
def _listed_roles() -> dict[str, int]:
    roles: dict[str, int] = defaultdict(int)
    for name, role in (
        ("vague", Place.VAGUE),
        ("either", Place.EITHER),
        ("verb_sign", Place.VERB_SIGN),
        ("gerund_sign", Place.GERUND_SIGN),
        ("following_noun", Place.FOLLOWING),
        ("naming", Place.NAMING),
        ("still", Place.NOMINAL),
        ("noverb", Place.NOMINAL),
        ("doing_sign", Place.DOING_SIGN),
        ("purpose_sign", Place.PURPOSE_SIGN),
        ("object_sign", Place.OBJECT_SIGN),
        ("unit", Place.UNIT),
    ):
        for word in word_classes()[name]:
            roles[word] |= role
    return dict(roles)


def _place(word: str, lower: str) -> int:
    classes = word_classes()
    base = lower.removesuffix("'s")
    if (lower in classes["stop"] or base in classes["stop"]) and word != "IT":
        return Place.NONE
    may_be_number = _may_be_number(word)
    if may_be_number and _VERSION.fullmatch(word):
        return Place.VERSION
    if len(word) > _MAX_LENGTH or (may_be_number and (_NUMBER.fullmatch(word) or not _LETTER.search(word))):
        return Place.NONE
    if "." in word and _GLUED.search(word):
        return Place.NONE
    if len(word) == 1:
        return _ANY_PLACE if word.isupper() else Place.NONE
    is_plain = (word[1:].islower() or word.istitle()) and (
        word.isalpha() or not _UNPLAIN.search(_HYPHEN.split(word)[-1])
    )
    if is_plain:
        place = _plain_place(base)
    elif word.isupper() and len(word) < _ACRONYM_LENGTH:
        place = _NOUN
    elif _ends_in_stop(word):
        place = Place.NONE
    else:
        place = _listed_places().get(lower, _NOUN)
    if lower.endswith("'s"):
        # Fourier's law is a term; what a thing's something is, is none, also where a title says it in capitals.
        return place & _ADJECTIVE if word[0].isupper() and not _is_thing(base) else Place.NONE
    if not is_plain and place & Place.ALONE and _SPECIAL.search(word):
        place |= Place.SPECIAL
    return place | Place.NAME if word[0].isupper() and place else place


@cache
def _listed_places() -> dict[str, int]:
    """Place of each word that a list places; the first list that has a word counts."""
    classes = word_classes()
    places: dict[str, int] = {}
    for words, place in (
        (classes["closing"], Place.INSIDE | Place.END),
        (classes["break"] | breaking_forms(), Place.NONE),
        (classes["opening"], _ANY_PLACE | Place.GENERIC),
        (classes["generic"], Place.INSIDE | Place.END | Place.GENERIC),
        (classes["weak"], _ANY_PLACE),
        (classes["adjective"] | classes["adverb"], _ADJECTIVE),
    ):
        for word in words:
            places.setdefault(word, place)
    return places


@lru_cache(maxsize=1 << 14)  # asked for the word itself, again for its role, and for parts of words with hyphens
def _plain_place(lower: str) -> int:
    """Place of a word in lower case or with a capital first letter only: by list, else by ending."""
    listed = _listed_places().get(lower)
    if listed is not None:
        return listed
    if len(lower) == 2:
        return _ANY_PLACE
    if not lower.isalpha() and (parts := _HYPHEN.split(lower))[1:]:
        # Pre-training is a term where training alone says nothing.
        return _NOUN if lower in word_classes()["still"] else _compound_place(parts[:-1], parts[-1])
    if lower.endswith("ly") and lower not in _LY_NOUN:
        return Place.NONE
    if lower.endswith("ed") and not lower.endswith("eed") and lower not in _ED_NOUN:
        return _ADJECTIVE
    if lower in word_classes()["still"] or lower in word_classes()["noverb"]:
        return _NOUN
    if _VERB_ENDING.fullmatch(lower):
        return Place.NONE
    if lower.endswith(_ADJECTIVE_ENDING) and singular(lower) not in word_classes()["noun"]:
        return _ADJECTIVE
    # Novels and languages fold to words that are nothing alone.
    return _ANY_PLACE if _is_nothing_alone(singular(lower)) else _NOUN


def _is_thing(lower: str) -> bool:
    """Whether a word's last part is listed as an English word, and so is nobody's name."""
    last = singular(_HYPHEN.split(lower)[-1])
    return last in word_classes()["noun"] or last in word_classes()["noverb"] or last in _listed_places()


def _ends_in_stop(word: str) -> bool:
    """Whether a hyphen joins a word to what only stands behind it: FPS-on."""
    front, _, last = word.rpartition("-")
    return bool(front) and last.islower() and last in word_classes()["stop"]


def _is_nothing_alone(lower: str) -> bool:
    listed = _listed_places().get(lower)
    return lower in word_classes()["stop"] or (listed is not None and not listed & Place.ALONE)


def _compound_place(front: list[str], last: str) -> int:
    """Place of a hyphenated word: the last part decides, unless it is one term (mixture-of-experts)."""
    if last in word_classes()["stop"] or front[0] in word_classes()["article"]:
        # What is left of a longer word: the-art, a-sentence.
        return Place.NONE
    if last in word_classes()["following_noun"] and _plain_place(front[-1]) & Place.END:
        return _NOUN
    if "of" in front:
        return _NOUN
    if front[0] in _PRAISE:
        return Place.NONE
    place = _plain_place(last) if len(last) > 2 else _NOUN
    if place in (Place.NONE, _ADJECTIVE):
        return _ADJECTIVE
    if not place & Place.GENERIC and (front[0] in _PREFIXES or _plain_place(front[0]) & Place.END):
        # Meta-learning is as good a term as meta learning, whatever learning is worth alone.
        place |= Place.ALONE
    return (place | Place.START) & ~Place.GENERIC


def describe_words(words: pl.Series) -> pl.DataFrame:
    """Facts of distinct words.

    Args: distinct words as written.
    Returns: one row per word, in order: word, key (folded), places (bits of Place), is_function, is_word (not "").
    """
    written = words.to_list()
    return pl.DataFrame(
        {
            "word": words,
            "key": pl.Series([fold_word(word) for word in written], dtype=pl.String),
            "places": pl.Series([place_word(word) for word in written], dtype=pl.UInt32),
        }
    ).with_columns(
        is_function=pl.col("word").str.to_lowercase().str.replace_all("’", "'").is_in(word_classes()["stop"]),
        is_word=pl.col("word") != "",
    )
