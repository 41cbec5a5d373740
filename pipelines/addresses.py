"""Which addresses lead to a place on the web: asked where dumps are read, links found, and pages made.

What belongs here: the one rule. What a link leads to (a paper, code, a profile) is `parsing.targets` and `text.links`.

The grammar is the WHATWG's URL Standard, which browsers follow, read by rust-url (pydantic-core; dbt and Dagster bring
it): where a browser would go is judged, not where the text seems to lead.
"""

import re
from functools import lru_cache
from ipaddress import ip_address

from pydantic_core import Url

#: Characters of an address; browsers and mail programs are not asked to follow more.
_LONGEST = 2_048
#: What no address needs and what acts where one is shown: white space, controls, quotes, brackets of markup, and the
#: characters that are not seen or turn the direction of reading. A backslash is a slash to browsers and to nobody else.
_ODD = re.compile(
    "[\\s\x00-\x20\x7f-\xa0\"'`<>\\\\^{|}\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    "\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SCHEME = re.compile(r"https?://(?=[^/])", re.IGNORECASE)
#: An address without its scheme: the name of a host, and a slash or the end behind it.
_BARE = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?:/|$)", re.IGNORECASE)
_AUTHORITY_END = re.compile(r"[/?#]")
#: The name of a host in ASCII, the last part of which is no number.
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})\.?")
#: Last parts of names that every network has for itself.
_PRIVATE = frozenset({"internal", "lan", "local", "localdomain", "localhost"})


@lru_cache(maxsize=10_000)
def read_web_address(text: str) -> str | None:
    """The address of a place on the web; None for what is none.

    It begins with http or https (https is put before a bare `host/path`), and names a host that everybody reaches by it
    and nobody's name or password. It comes back as written where the host is written as browsers read it, and else as
    they send it: letters that look like others are told from them (`https://xn--...`).
    """
    text = text.strip()
    if len(text) > _LONGEST or _ODD.search(text):
        return None
    if not _SCHEME.match(text):
        if not _BARE.match(text):
            return None
        text = f"https://{text}"
    authority = _AUTHORITY_END.split(text.split("//", 1)[1], maxsplit=1)[0]
    try:
        url = Url(text)
    except ValueError:
        return None
    host = url.host or ""
    if "@" in authority or not _is_public(host):
        return None
    is_plain = text.isascii() and authority.lower() in (host, f"{host}:{url.port}")
    return text if is_plain else str(url)


def _is_public(host: str) -> bool:
    """Whether a host, as the parser writes it, is one of the whole web."""
    if _HOST.fullmatch(host):
        return host.rstrip(".").rsplit(".", 1)[-1] not in _PRIVATE
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return False
