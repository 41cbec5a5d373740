"""How DBLP writes titles and people, in its XML and in its JSON."""

import re

#: What stands behind the name of a person who has a namesake there.
_HOMONYM = re.compile(r" \d{4}$")


def read_title(title: str) -> str:
    """A title without the full stop that DBLP ends each with; an ellipsis stays."""
    return title if title.endswith("..") else title.removesuffix(".")


def read_name(name: str) -> str:
    """A name without the number that tells namesakes apart."""
    return _HOMONYM.sub("", name)
