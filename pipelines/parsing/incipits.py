"""Records of an abstract without a title: listed by their first words, as libraries list what has no title.

No title is invented: three dots behind say that it breaks off, which keys and comparisons know of, and a flag says why.
"""

from .columns import fold_name, make_plan
from .fields import read_wording

#: The flag of an entry whose title is the beginning of its abstract.
FLAG = "title_from_abstract"
#: Names that say that a value is an abstract; what is called a description may be of anything.
_NAMES = frozenset({"abstract", "abstracttext", "paperabstract"})
#: Words of such a title, and those that an abstract has at least.
_WORDS, _LEAST_WORDS = 10, 12
_DOTS = " ..."


def take_incipit(entry: dict[str, object], record: dict) -> bool:
    """Give an entry without a title the first words of its abstract as one.

    Args:
        entry: fields of raw.entries; title and flags are changed.
        record: what the entry was read from, by the names that it has there.

    Returns: whether it has one now: only where the record has no field for a title, and calls a text of a dozen words
        or more its abstract.
    """
    abstract = entry.get("abstract")
    names = tuple(name for name in record if type(name) is str)
    named = any(fold_name(name) in _NAMES and read_wording(record[name]) for name in names)
    words = abstract.split(maxsplit=_LEAST_WORDS) if isinstance(abstract, str) and named else []
    if entry.get("title") is not None or len(words) < _LEAST_WORDS:
        return False
    if any(step.field == "title" for step in make_plan(names).steps):
        return False  # it had one, which is lost
    entry["title"] = " ".join(words[:_WORDS]).rstrip(".,;:") + _DOTS
    noticed = entry.get("flags")
    entry["flags"] = [*noticed, FLAG] if isinstance(noticed, list) else [FLAG]
    return True
