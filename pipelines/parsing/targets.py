"""Where the links of a captured page lead: a paper, its vote, its comments, code, a profile.

Markdown captures and saved HTML carry the same links; this is the one place that knows their forms.
"""

import re
from functools import lru_cache

#: Saved pages are made to lead to files beside them; shared links carry where they were shared.
PAPER = re.compile(r"(?:^|/)papers/(\d{4}\.\d{4,5})(?:v\d+)?(?:\.html?)?(?:\?[^#]*)?(#community)?$", re.ASCII)
ARXIV = re.compile(r"(?:arxiv\.org|^)/(?:abs|pdf|html)/(\d{4}\.\d{4,5})", re.ASCII)
_VOTE = re.compile(r"/login\?next=(?:%2F|/)papers(?:%2F|/)(\d{4}\.\d{4,5})", re.IGNORECASE | re.ASCII)
_PROFILE = re.compile(r"^(?:https?://(?:www\.)?(?:huggingface\.co|hf\.co))?/[\w.-]+/?$")
_CODE = re.compile(r"^https?://(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/[\w.-]+/[\w.-]+")
#: The paper and the vote as the page itself has them: nearly every link of a capture.
_PLAIN = re.compile(r"/(?:papers/|(login\?next=%2Fpapers%2F))(\d{4}\.\d{4,5})", re.ASCII)
_ODD = re.compile(r"[\s()<>\"]")


@lru_cache(maxsize=10_000)
def classify_target(target: str) -> tuple[str, str | None]:
    """What a link's target is, and the arXiv id of the paper it leads to or votes for.

    Kinds: vote, paper, comments, code, profile, arxiv, other; and odd, for what is no plain address (a blank, a bracket
    or a quotation mark is in it). Cached: the links of a card lead to one place several times.
    """
    if found := _PLAIN.fullmatch(target):
        return "vote" if found[1] else "paper", found[2]
    # Looking for a word is many times faster than for a pattern.
    if "ogin" in target.lower() and (found := _VOTE.search(target)):
        return "vote", found[1]
    if "papers/" in target and (found := PAPER.search(target)):
        return ("odd", None) if _ODD.search(target) else ("comments" if found[2] else "paper", found[1])
    if _ODD.search(target):
        return "odd", None
    if _CODE.match(target):
        return "code", None
    if _PROFILE.match(target):
        return "profile", None
    if found := ARXIV.search(target):
        return "arxiv", found[1]
    return "other", None
