"""ORCIDs, the ids that people give themselves: whether a text is one, and the one way in which it is kept.

What belongs here: the form and the check digit. Where an ORCID stands in a record is for `author_details`.
"""

import re
from collections.abc import Sequence

#: What one author is given beside the name: as a column of raw.entries has it.
Detail = dict[str, object]

_ORCID = re.compile(
    r"(?:(?:https?://)?(?:www\.)?orcid\.org/|orcid:\s?)?([0-9]{4})-?([0-9]{4})-?([0-9]{4})-?([0-9]{3}[0-9X])/?$", re.I
)
_PART = 4
#: The check digit that is written X.
_X = 10


def read_orcid(text: str) -> str | None:
    """An ORCID as `0000-0002-1825-0097`, out of itself or its address; None where its check digit is another.

    The check digit is that of ISO 7064 MOD 11-2 (https://support.orcid.org, "Structure of the ORCID Identifier").
    """
    found = _ORCID.match(text.strip())
    if found is None:
        return None
    digits = "".join(found.groups()).upper()
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    if digits[-1] != ("X" if check == _X else str(check)) or not digits[:-1].strip("0"):
        return None
    return "-".join(digits[at : at + _PART] for at in range(0, len(digits), _PART))


def check_details(details: Sequence[Detail]) -> tuple[list[Detail] | None, bool]:
    """Details with each ORCID as it is kept, and whether one was none and is left out."""
    kept, is_odd = [], False
    for detail in details:
        written = detail["orcid"]
        orcid = read_orcid(written) if isinstance(written, str) else None
        is_odd |= written is not None and orcid is None
        if orcid is not None or detail["author_id"] is not None or detail["affiliations"] is not None:
            kept.append({**detail, "orcid": orcid})
    return kept or None, is_odd
