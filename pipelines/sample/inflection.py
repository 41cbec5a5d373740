"""Regular English inflection for the generator's own words; a reader of real text has no use for it."""

import re
from collections.abc import Callable

_IRREGULAR_PLURALS = {
    "analysis": "analyses",
    "hypothesis": "hypotheses",
    "synthesis": "syntheses",
    "basis": "bases",
    "index": "indices",
    "matrix": "matrices",
    "vertex": "vertices",
    "criterion": "criteria",
    "phenomenon": "phenomena",
    "corpus": "corpora",
    "series": "series",
    "species": "species",
    "shelf": "shelves",
    "leaf": "leaves",
    "loaf": "loaves",
    "knife": "knives",
    "wolf": "wolves",
    "goose": "geese",
    "ox": "oxen",
    "sheep": "sheep",
    "tooth": "teeth",
    "foot": "feet",
    "thesis": "theses",
    "child": "children",
    "person": "people",
}
_IRREGULAR_PASTS = {
    "build": "built",
    "find": "found",
    "learn": "learned",
    "show": "shown",
    "draw": "drawn",
    "break": "broken",
    "rewrite": "rewritten",
    "spend": "spent",
    "split": "split",
    "bind": "bound",
    "keep": "kept",
    "make": "made",
    "choose": "chosen",
    "hide": "hidden",
    "forget": "forgotten",
    "see": "seen",
}
#: Verbs of two syllables and more whose last consonant is doubled all the same.
_DOUBLED = {"format", "permit", "forget", "transfer", "infer", "refer", "defer"}
_SMALL_WORDS = {"a", "an", "and", "as", "by", "for", "from", "in", "is", "of", "on", "or", "the", "to", "via", "with"}
_VOWELS = "aeiou"


def capitalise(word: str) -> str:
    """Raise the first letter and leave the others."""
    return word[:1].upper() + word[1:]


def write_as_title(text: str) -> str:
    """Raise the first letter of every word, parts of hyphenated ones included, except of small words."""
    return re.sub(
        r"(?<![\w'])[a-z]\w*",
        lambda match: match[0] if match[0] in _SMALL_WORDS else capitalise(match[0]),
        text,
    )


def add_article(word: str) -> str:
    """Put "a" or "an" in front, by sound as far as the spelling tells it."""
    lowered = word.lower()
    is_vowel = lowered[:1] in _VOWELS and not lowered.startswith(("uni", "use", "usa", "util", "one", "eu"))
    sounds_like_vowel = is_vowel or lowered.startswith(("unin", "unim", "hour", "honest", "8", "11", "18"))
    return f"{'an' if sounds_like_vowel else 'a'} {word}"


def add_s(word: str) -> str:
    """Form the plural of a noun or the third person of a verb: they are spelled alike but for a few nouns."""
    stem, last = _split(word)
    if last in _IRREGULAR_PLURALS:
        return stem + _IRREGULAR_PLURALS[last]
    if last.endswith("y") and last[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ies"
    if last.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word}s"


def add_ing(word: str) -> str:
    """Form the present participle of a verb."""
    if word.endswith("ie"):
        return f"{word[:-2]}ying"
    if word.endswith("e") and not word.endswith(("ee", "oe")):
        return f"{word[:-1]}ing"
    return f"{_double(word)}ing"


def add_ed(word: str) -> str:
    """Form the past participle of a verb."""
    stem, last = _split(word)
    if last in _IRREGULAR_PASTS:
        return stem + _IRREGULAR_PASTS[last]
    if word.endswith("e"):
        return f"{word}d"
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return f"{word[:-1]}ied"
    return f"{_double(word)}ed"


def _split(word: str) -> tuple[str, str]:
    """Part the last word from what stands before it, a space or hyphen included."""
    at = max(word.rfind(" "), word.rfind("-")) + 1
    return word[:at], word[at:]


def _double(word: str) -> str:
    """Double the last consonant where English does: short verbs such as "plan", and a few longer ones."""
    last = _split(word)[1]
    is_short = sum(letter in _VOWELS for letter in last) == 1 and len(last) <= 5
    ends_closed = last[-1:] not in _VOWELS + "wxy" and last[-2:-1] in _VOWELS and last[-3:-2] not in _VOWELS
    return word + word[-1] if (ends_closed and is_short) or last in _DOUBLED else word


INFLECTIONS: dict[str, Callable[[str], str]] = {"s": add_s, "ing": add_ing, "ed": add_ed}
