"""The word lists of lexicon.txt, read once. What a word's class means for phrases is vocabulary.py's work."""

from collections import defaultdict
from functools import cache
from pathlib import Path


@cache
def word_classes() -> dict[str, frozenset[str]]:
    """Class name -> lower-case words, as lexicon.txt lists them; a class that is not listed is a KeyError."""
    classes: dict[str, set[str]] = defaultdict(set)
    name = ""
    for line in Path(__file__).with_name("lexicon.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.endswith(":"):
            name = line.removesuffix(":")
        else:
            classes[name].update(line.split())
    return {name: frozenset(words) for name, words in classes.items() if words}


@cache
def breaking_forms() -> frozenset[str]:
    """Inflected forms of verbs that break a phrase.

    Every form of reporting verbs, all but -ed of action verbs; of infinitives, themselves and -s.
    """
    classes = word_classes()
    reporting = {form for verb in classes["verb"] for form in inflect(verb)} - classes["noverb"]
    action = {form for verb in classes["action"] for form in inflect(verb) if not form.endswith("ed")}
    plain = {form for verb in classes["infinitive"] for form in inflect(verb) if form == verb or form.endswith("s")}
    return frozenset(reporting | plain | (action - classes["still"]))


def inflect(verb: str) -> set[str]:
    """Regular forms of a verb: itself, -s, -ed, -ing, with a doubled last letter beside the single one.

    A form that does not exist (`opennning`) does no harm: no text has it.
    """
    stem = verb[:-1] if verb.endswith("e") else verb
    third = verb + "es" if verb.endswith(("s", "sh", "ch", "x", "z")) else verb + "s"
    past = stem + "ed"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        third, past = verb[:-1] + "ies", verb[:-1] + "ied"
    forms = {verb, third, past, stem + "ing"}
    if verb[-1] in "bdglmnprt" and verb[-2] in "aeiou":
        forms |= {verb + verb[-1] + "ed", verb + verb[-1] + "ing"}
    return forms
