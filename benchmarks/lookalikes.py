"""Pairs of invented records that are hard to tell apart or to bring together, by kind.

Texts are the sample grammar's; what is done to them is here. How the pairs are scored is in `matching`.
"""

import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from paperhouse.sample.papers import list_days, write_papers

Record = dict[str, Any]
#: Makes the second record of a pair from a base paper, or both.
Maker = Callable[[Record, Record, random.Random], tuple[Record, Record]]

#: Pairs per kind and way of telling (with abstracts, titles alone).
PAIRS_PER_KIND = 12
_NAMES = "Norvex Telluma Quandry Ossira Brevant Kalmira Drovian Pelluxa Mirandel Fenwick Orrery Zephyline".split()
_GIVEN = "Ada Bo Cleo Dag Ella Finn Greta Hal Ines Jon Kaia Lars Mona Nils Oda Per".split()
_FAMILY = "Quill Marsh Wren Holm Tarn Brook Ferry Loom Mill Ropewalk Harbour Lantern Kettle Sparrow".split()
_NICKNAMES = [("William", "Bill"), ("Robert", "Bob"), ("Margaret", "Peggy"), ("Richard", "Dick")]
_GENERIC = [
    "Introduction",
    "Preface",
    "Editorial",
    "Guest Editorial",
    "Foreword",
    "Conclusion",
    "Letter from the Editor",
]
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"]
_ORDINALS = ["One", "Two", "Three", "Four", "Five"]
_ACCENTS = {"a": "á", "e": "é", "i": "ï", "o": "ö", "u": "ü", "n": "ñ", "c": "ç"}
_LATEX = {"a": "\\'a", "e": "\\'e", "o": '\\"o', "u": '\\"u', "n": "\\~n"}


def make_pairs(seed: int = 11) -> tuple[list[Record], list[dict[str, Any]]]:
    """Make all pairs: records (id, title, abstract where it has one, arxiv_id for translations) and pairs.

    Pairs are a, b, match, kind, and whether the records have abstracts. Every pair has base papers of its own.
    """
    plan = [(kind, maker, is_match, True) for kind, maker, is_match in _KINDS]
    plan += [(kind, maker, is_match, False) for kind, maker, is_match in _KINDS if kind in _TITLE_ALONE]
    count = len(plan) * PAIRS_PER_KIND
    bases = write_base_papers(2 * count, seed)
    records, pairs = [], []
    for number in range(count):
        kind, maker, is_match, has_abstract = plan[number % len(plan)]
        chance = random.Random(f"{seed} {number}")
        made = maker(dict(bases[2 * number]), dict(bases[2 * number + 1]), chance)
        ids = [f"{number}{side}" for side in "ab"]
        for record_id, record in zip(ids, made, strict=True):
            kept = record if has_abstract else {k: v for k, v in record.items() if k != "abstract"}
            records.append({"id": record_id, **kept})
        pairs.append({"a": ids[0], "b": ids[1], "match": int(is_match), "kind": kind, "has_abstract": has_abstract})
    return records, pairs


def write_base_papers(count: int, seed: int) -> list[Record]:
    """Title and abstract of as many invented papers, titles distinct."""
    frame = write_papers(np.arange(2 * count), 2 * count, list_days(max(2 * count // 100, 20)), seed)
    frame = frame.select("title", "abstract").unique("title", keep="first", maintain_order=True)
    return frame.head(count).to_dicts()


def _with(base: Record, **changes: Any) -> Record:
    return {**base, **changes}


def _body(title: str) -> str:
    """The title without the name before its colon."""
    return title.split(": ", 1)[-1]


def _share(base: Record, other: Record, share: float) -> str:
    """The beginning of one abstract and the rest of another one."""
    first, rest = _sentences(base["abstract"]), _sentences(other["abstract"])
    keep = max(1, round(len(first) * share))
    return " ".join([*first[:keep], *rest[keep:]])


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?]) ", text)


def _number(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    low = chance.randrange(2, 9)
    forms = [(f"{low}B", f"{low + 5}B"), (f"{low}", f"{low + 1}"), (f"{low}D", f"{low + 1}D"), (f"{low}K", f"{low}0K")]
    a, b = chance.choice(forms)
    name = chance.choice(_NAMES)
    return (
        _with(base, title=f"{name}-{a}: {_body(base['title'])}"),
        _with(base, title=f"{name}-{b}: {_body(base['title'])}", abstract=_share(base, other, chance.choice([0.5, 1]))),
    )


def _part(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    at = chance.randrange(4)
    a, b = chance.choice(
        [(_ROMAN[at], _ROMAN[at + 1]), (f"3.{at}", f"3.{at + 2}"), (_ORDINALS[at], _ORDINALS[at + 1]), ("A", "B")]
    )
    return (
        _with(base, title=f"{base['title']}, Part {a}"),
        _with(base, title=f"{base['title']}, Part {b}", abstract=_share(base, other, chance.choice([0.5, 1]))),
    )


def _version(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    a, b = chance.choice([("", " 2"), (" v1", " v2"), ("", "++"), (" 1.5", " 2.5"), ("", "-v3"), ("2", "3")])
    name, body = chance.choice(_NAMES), _body(base["title"])
    return (
        _with(base, title=f"{name}{a}: {body}"),
        _with(base, title=f"{name}{b}: {body}", abstract=_share(base, other, 0.5)),
    )


def _prefix(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    name, body = chance.choice(_NAMES), _body(base["title"])
    prefix = chance.choice(["B-", "Mini-", "X-", "Multi-", "Fast-", "Auto", "m"])
    share = chance.choice([0.3, 0.6, 0.8])
    return (
        _with(base, title=f"{name}: {body}"),
        _with(base, title=f"{prefix}{name}: {body}", abstract=_share(base, other, share)),
    )


def _other_abstract(base: Record, other: Record, _chance: random.Random) -> tuple[Record, Record]:
    return base, _with(base, abstract=other["abstract"])


def _negated(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    a, b = chance.choice(
        [("Supervised", "Unsupervised"), ("Symmetric", "Asymmetric"), ("Parametric", "Nonparametric"),
         ("Image", "Video"), ("Offline", "Online"), ("Forward", "Inverse")]
    )  # fmt: skip
    body = _body(base["title"])
    return _with(base, title=f"{a} {body}"), _with(base, title=f"{b} {body}", abstract=_share(base, other, 0.3))


def _plural(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    words = base["title"].split(" ")
    at = chance.choice([i for i, word in enumerate(words) if len(word) > 4 and word.isalpha()] or [0])
    words[at] = words[at][:-1] if words[at].endswith("s") else words[at] + "s"
    return base, _with(base, title=" ".join(words))


def _dash(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    title = base["title"].replace(": ", chance.choice([" - ", " – ", " — ", " -- "]))
    words = title.split(" ")
    at = chance.randrange(len(words) - 1)
    joined = " ".join([*words[:at], words[at] + chance.choice("-‐–") + words[at + 1], *words[at + 2 :]])
    return base, _with(base, title=chance.choice([title, joined]) if title != base["title"] else joined)


def _accent(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    letters = [i for i, letter in enumerate(base["title"]) if letter in _ACCENTS]
    changed = list(base["title"])
    for i in chance.sample(letters, min(3, len(letters))):
        changed[i] = _ACCENTS[changed[i]]
    return base, _with(base, title="".join(changed))


def _latex(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    words = base["title"].split(" ")
    at = chance.randrange(len(words))
    words[at] = chance.choice([f"\\textit{{{words[at]}}}", f"{{\\em {words[at]}}}", f"\\textbf{{{words[at]}}}"])
    return base, _with(base, title=chance.choice([" ".join(words), " ".join(words).replace(" ", "\n  ", 1)]))


def _case(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    title = chance.choice([str.upper, str.lower])(base["title"])
    return base, _with(base, title=title + chance.choice(["", ".", " "]))


def _typo(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    words = base["title"].split(" ")
    at = chance.choice([i for i, word in enumerate(words) if len(word) > 7 and word.isalpha()] or [len(words) - 1])
    inside = chance.randrange(2, max(len(words[at]) - 2, 3))
    words[at] = words[at][:inside] + words[at][inside + 1 :]
    return base, _with(base, title=" ".join(words))


def _subtitle_dropped(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    name = f"{chance.choice(_NAMES)}: {_body(base['title'])}"
    return _with(base, title=name), _with(base, title=chance.choice([_body(name), name.split(":")[0]]))


def _subtitle_added(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    added = chance.choice([": A Closer Look", " with Guarantees in Practice", ": Methods and Open Questions"])
    return base, _with(base, title=base["title"] + added)


def _remark_added(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    remark = chance.choice([" (Extended Abstract)", " (extended version)", " [demo]"])
    return base, _with(base, title=base["title"] + remark)


def _translated(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    number = f"2403.{chance.randrange(10_000, 99_999)}"
    title = "Über " + other["title"]
    return (
        _with(base, arxiv_id=number),
        {"title": title, "abstract": "Wir zeigen, wie dies gelingt. " + other["abstract"], "arxiv_id": f"{number}v2"},
    )


def _cut(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    share = chance.uniform(0.3, 0.7)
    cut = base["abstract"][: int(len(base["abstract"]) * share)]
    return base, _with(base, title=chance.choice([base["title"], base["title"].upper()]), abstract=cut + "…")


def _renamed(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    return base, _with(base, title=chance.choice([f"{chance.choice(_NAMES)}: {_body(other['title'])}", other["title"]]))


def _revised(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    sentences, others = _sentences(base["abstract"]), _sentences(other["abstract"])
    sentences[chance.randrange(len(sentences))] = others[chance.randrange(len(others))]
    return base, _with(base, abstract=" ".join(sentences), title=base["title"].replace(": ", " - "))


def _people(chance: random.Random, count: int) -> list[str]:
    family = chance.sample(_FAMILY, count)
    return [f"{given} {name}" for given, name in zip(chance.sample(_GIVEN, count), family, strict=True)]


def _chapter(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    """The same generic title and a template of an abstract, by other people in another year."""
    people, title = _people(chance, 4), chance.choice(_GENERIC)
    return (
        _with(base, title=title, authors=people[:2], year=2021),
        _with(base, title=title, authors=people[2:], year=2024, abstract=_share(base, other, 0.8)),
    )


def _namesake(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    """A generic title by people who share a family name, nothing else known."""
    title, (family,) = chance.choice(_GENERIC), chance.sample(_FAMILY, 1)
    first, second = chance.sample(_GIVEN, 2)
    return {"title": title, "authors": [f"{first} {family}"]}, {"title": title, "authors": [f"{second} {family}"]}


def _template(base: Record, other: Record, _chance: random.Random) -> tuple[Record, Record]:
    """Abstracts of one template, each with the words of its own title."""

    def fill(record: Record) -> Record:
        subject = _body(record["title"]).lower()
        rest = " ".join(_sentences(base["abstract"])[1:])
        return {"title": _body(record["title"]), "abstract": f"We study {subject}. {rest} It helps {subject}."}

    return fill(base), fill(other)


def _other_people(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    people = _people(chance, 4)
    return {"title": base["title"], "authors": people[:2], "year": 2019}, {
        "title": base["title"], "authors": people[2:], "year": 2023,
    }  # fmt: skip


def _family_names(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    """One title and year, and two lists in which families have a name in common, but nobody a given name."""
    given, family = chance.sample(_GIVEN, 8), chance.sample(_FAMILY, 6)
    first = [f"{name} {last}" for name, last in zip(given[:3], family[:3], strict=True)]
    second = [f"{name} {last}" for name, last in zip(given[3:], [*family[:2], *family[3:]], strict=True)]
    return {"title": base["title"], "authors": first, "year": 2022}, {
        "title": base["title"], "authors": second, "year": 2022,
    }  # fmt: skip


def _nicknames(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    people = chance.sample(list(zip(_FAMILY, chance.sample(_NICKNAMES, 4), strict=False)), 3)
    lists = [[f"{names[side]} {family}" for family, names in people] for side in (0, 1)]
    return {"title": base["title"], "authors": lists[0], "year": 2021}, {
        "title": base["title"], "authors": lists[1], "year": 2021,
    }  # fmt: skip


def _erratum(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    notice = chance.choice(["Erratum to: ", "Correction to: ", "Corrigendum: ", "Retraction Note: "])
    return base, {"title": notice + base["title"]}


def _cut_title(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    least = base["title"].index(" ") + 1
    at = base["title"].rindex(" ", 0, max(int(len(base["title"]) * chance.uniform(0.6, 0.9)), least))
    return base, _with(base, title=base["title"][:at] + chance.choice(["...", "…", " ..."]))


def _initialled(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    people = _people(chance, 3)
    cited = [f"{name.split()[1]}, {name[0]}." for name in people]
    return {"title": base["title"], "authors": people}, {"title": base["title"].lower(), "authors": cited}


def _misplaced(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    people = _people(chance, 3)
    crowded = f"{base['title']} {', '.join(people)} 2022"
    return {"title": base["title"], "authors": people, "year": 2022}, {"title": crowded}


def _published(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    people, number = _people(chance, 3), chance.randrange(10_000, 99_999)
    revised = _revised(base, other, chance)[1]
    return _with(base, authors=people, year=2022, arxiv_id=f"2203.{number}"), _with(
        revised, authors=people, year=2023, doi=f"10.5555/{number}"
    )


def _same_doi(base: Record, other: Record, chance: random.Random) -> tuple[Record, Record]:
    doi = f"10.5555/{chance.randrange(10**9)}"
    first, second = _subtitle_dropped(base, other, chance)
    return {"title": first["title"], "doi": doi}, {"title": second["title"], "doi": doi}


def _retracted(base: Record, _other: Record, chance: random.Random) -> tuple[Record, Record]:
    return base, _with(
        base, title=chance.choice(["RETRACTED: ", "Retracted Article: ", "[WITHDRAWN] "]) + base["title"]
    )


_KINDS: Sequence[tuple[str, Maker, bool]] = (
    ("number", _number, False),
    ("part", _part, False),
    ("version", _version, False),
    ("prefix", _prefix, False),
    ("negated", _negated, False),
    ("equal title, other abstract", _other_abstract, False),
    ("chapter of other people", _chapter, False),
    ("namesakes", _namesake, False),
    ("template", _template, False),
    ("other people", _other_people, False),
    ("other people of like names", _family_names, False),
    ("erratum", _erratum, False),
    ("plural", _plural, True),
    ("dash", _dash, True),
    ("accent", _accent, True),
    ("latex", _latex, True),
    ("case", _case, True),
    ("typo", _typo, True),
    ("subtitle dropped", _subtitle_dropped, True),
    ("subtitle added", _subtitle_added, True),
    ("remark added", _remark_added, True),
    ("translated, equal id", _translated, True),
    ("abstract cut", _cut, True),
    ("renamed, equal abstract", _renamed, True),
    ("abstract revised", _revised, True),
    ("title cut", _cut_title, True),
    ("initials", _initialled, True),
    ("nicknames", _nicknames, True),
    ("values in the title", _misplaced, True),
    ("preprint and published", _published, True),
    ("equal DOI", _same_doi, True),
    ("retracted", _retracted, True),
)
#: Kinds that a title tells without an abstract.
_TITLE_ALONE = (
    "number", "part", "version", "prefix", "negated", "chapter of other people", "erratum", "plural", "dash", "accent",
    "latex", "case", "typo", "remark added", "title cut", "retracted",
)  # fmt: skip
