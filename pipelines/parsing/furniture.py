"""Page furniture: the lines around papers that a site prints on every page.

Patterns match a whole line, folded to lower case, so a real title that begins like furniture (`Subscribe to ...`,
`New ...`) is not one. Nothing here decides what the lines between furniture are.
"""

import re

#: The header of the page, each part alone on its line or glued to the next one.
HEADER_PARTS = (
    r"new",
    r"get trending papers in your email inbox(?: once a day)?!?",
    r"subscribe",
    r"daily papers",
    r"trending papers",
    r"by\s*ak and the research community",
)

#: Lines that are furniture wherever they stand. A space stands for any run of white space.
_SURE_LINES = (
    *HEADER_PARTS[1:],
    # Counters and people of one entry.
    r"upvotes?(?: ?[:·]? ?\(?\d[\d.,]*k?\)?)?",
    r"\d[\d.,]*k? (?:upvotes?|likes?|stars?|points?|votes?)",
    r"[▲△⬆👍❤♥★☆⭐+-]* ?[\d,]{1,7}(?:\.\d)?k?",
    r"[▲△⬆👍❤♥★☆⭐·•|–—-]+",
    r"[·•]? ?[\d,]+ authors?(?: [·•].{0,40})?",
    r".{1,60} [·•] ?[\d,]+ authors?",
    r"authors? ?[:：] ?.{3,220}",
    r"submitted by(?: .{1,60})?",
    r"[·•]? ?(?:submitted|published|posted|updated) on .{3,30}",
    r"[·•]? ?[\d,]+ (?:comments?|replies)",
    r"comments? ?\(?\d+\)?",
    r"github(?: repo)? ?[·•]? ?★? ?\d[\d.,]*k?",
    r"(?:abstract|arxiv page|view arxiv page|view pdf|project page|add to collection|view on arxiv|paper page)",
    r"(?:https?://)?(?:www\.)?(?:arxiv\.org/(?:abs|pdf|html)/|huggingface\.co/papers/|hf\.co/papers/)[\w./-]+",
    r"arxiv: ?\d{4}\.\d{4,5}(?:v\d+)?(?: ?\[[\w.-]+\])?",
    r"(?:\S+'s avatar ?)+|.{0,40}profile picture",
    # Navigation, footer, notices.
    r"(?:hugging face's logo|🤗 ?hugging face)",
    r"(?:log in|sign up|sign in|log out|new model|new dataset|view all(?: papers)?|load more|show more|back to top)",
    r"(?:« ?previous|next ?»|‹ ?previous|next ?›|terms of (?:service|use)|privacy policy|system theme)",
    r"(?:search models, datasets, users\.\.\.|ask ai|ai search|copy link|all time|this week|this month|sort by.{0,30})",
    r"(?:(?:copyright )?(?:©|\(c\))|copyright \d{4}).{0,60}",
    r"(?:accept(?: all)?(?: cookies)?|reject all|cookie (?:settings|policy)|(?:we|this (?:web)?site) uses? cookies .*)",
    r"(?:page )?\d{1,4} ?(?:of|/) ?\d{1,4}",
    r"\+ ?\d{1,3}(?: authors| more)?",
    r"[-=_*#~·•.\s]{3,}",
)

#: Words that are furniture only in company: at an end of the page or beside other furniture. Alone between two lines of
#: text, `Models` is the end of a title that broke.
_LIKELY_LINES = (
    r"(?:new|models|datasets|spaces|posts|community|docs|enterprise|pricing|buckets|organizations?|collections|papers)",
    r"(?:huggingface|join|login|signup|settings|previous|next|more|back|search|light|dark|theme|avatars?|pdf)",
    r"(?:company|website|tos|terms|privacy|about|jobs|careers|press|contact)",
    r"(?:hugging face|github(?: repo)?|comments?)",
    r"(?:share|like|follow|copied|cite|citation|bibtex)",
    r"(?:daily|weekly|monthly|today|yesterday|trending|top|hot|latest|date)",
    r"(?:(?:the|top|hot|best|latest|today['’]s|daily|weekly|trending|ai|ml|arxiv|research) ){1,5}papers?",
    r"(?:the )?(?:best |top |hot )?papers of (?:the|this) (?:day|week|month)",
)


def _whole_line(*patterns: str) -> str:
    return "^(?:" + "|".join(patterns).replace(" ?", r"\s*").replace(" ", r"\s+") + ")$"


#: One whole line of furniture, in lower case.
SURE_LINE = _whole_line(*_SURE_LINES, "(?:" + "|".join(HEADER_PARTS) + "){2,}")
LIKELY_LINE = _whole_line(*_LIKELY_LINES)

_MONTH_DAY = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d{1,2}(?:, \d{4})?"
_CASED_PARTS = (
    r"[Nn]ew",
    r"Get trending papers in your email inbox(?: once a day)?!",
    r"Subscribe",
    r"Daily Papers",
    r"Trending Papers",
    r"[Bb]y\s*AK and the research community",
)
#: Header parts glued to each other and to what follows: group 1 is the glued run, group 2 the rest of the line, which
#: starts with no lower-case letter and no space: `Subscribers ...` and `New ...` are words of a title.
GLUED = "^((?:" + "|".join((*_CASED_PARTS, _MONTH_DAY)) + r")+)([^\sa-z!.,:;?'’)].*)?$"
#: The date in a glued run.
GLUED_DATE = f"({_MONTH_DAY})$"

#: Longest line, in bytes, that the patterns are tried on; cookie notices are the longest furniture seen.
LINE_LIMIT = 240

_PERSON = r"\p{Lu}[\p{L}.'’-]*(?: (?:\p{Lu}[\p{L}.'’-]*|de|del|van|von|der|den|la|di|da|dos|bin|al|el)){1,4}"
#: A line of three or more people, which a title that counts things may look like: it takes a page full of them.
PEOPLE = rf"^{_PERSON}(?:, {_PERSON})+(?:,? (?:and|&) {_PERSON}|, {_PERSON})$"

PEOPLE_START = r"^\p{Lu}\S*(?: [\p{L}.'’-]+){1,4}, \p{Lu}"

_EITHER = re.compile(f"{SURE_LINE}|{LIKELY_LINE}")


def is_furniture(line: str) -> bool:
    """Whether a whole line is furniture or likely to be."""
    return len(line) <= LINE_LIMIT and _EITHER.match(line.strip().lower()) is not None
