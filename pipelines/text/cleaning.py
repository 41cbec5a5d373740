"""Printed title or abstract -> one readable line, and the folded title that matching compares.

Every offset in the text tables refers to the text cleaned here. Wording is never changed, only how it is written down;
the printed text stays in raw.entries.
"""

import html
import re
from collections.abc import Callable

import ftfy
import polars as pl

from .lexicon import word_classes

#: Line breaks, blanks of every width, controls, bidirectional marks: one space each run. A lone space stays unmatched.
_NO_SPACE = r"[^\S ]\p{Cc}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}"
_BLANK = rf" *[{_NO_SPACE}][ {_NO_SPACE}]*|  +"
#: The last three are private characters that serve as place holders below.
_INVISIBLE = ("\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\ufffc", "\ue000", "\ue001", "\ue002")
_LIGATURES = {"ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_ANSI = r"\x1b\[[0-9;?]*[A-Za-z]"
_ENTITY = r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]{2,10}\d?);"
#: UTF-8 read as cp1252 or Latin-1: these pairs do not occur in text that was read rightly.
_MOJIBAKE = r"[ÃÂ][\u{80}-\u{bf}ƒŠšŸŒœ‚„…†‡ˆ‰‹›€™˜–—“”]|â€|â‚|ï¬"
#: Characters and words without which no rule of _TEX or _REPAIRS can apply. A word's edge is one between ASCII
#: characters: Unicode's takes twenty times as long in text with an accent, and this only chooses who is looked at.
_MARKED = r"[\\{}$^~`<_*]|''|--|\d(?:times|sim|circ)|(?-u:\b)(?:sim|leq|geq|approx)\s?\d|\d times \d|[a-z)]x201[34]"
_TAG = (
    r"</?(?:i|b|u|p|em|br|hr|li|ul|ol|tt|strong|small|sub|sup|span|div|code|pre|jats:[a-z-]+)(?:\s[^<>]*)?/?>"
    r"|<a\s[^<>]*>|</a>|<!--[^<>]*-->"
)
_SYMBOLS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "ell": "ℓ",
    "nabla": "∇", "partial": "∂", "infty": "∞", "times": "×", "cdot": "·", "pm": "±", "sim": "~", "approx": "≈",
    "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ll": "≪", "gg": "≫", "propto": "∝", "in": "∈",
    "rightarrow": "→", "to": "→", "leftarrow": "←", "circ": "°", "deg": "°", "degree": "°", "ldots": "...",
    "dots": "...", "cdots": "...", "textless": "<", "textgreater": ">", "textendash": "–", "textemdash": "—",
    "eg": "e.g.", "ie": "i.e.", "etc": "etc.", "etal": "et al.", "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
    "ae": "æ", "AE": "Æ", "oe": "œ", "aa": "å", "AA": "Å",
}  # fmt: skip
#: Small Greek letters and the names that pages print for them.
_GREEK = {letter: name for name, letter in _SYMBOLS.items() if re.fullmatch("[α-ω]", letter) and name[:3] != "var"}
_ACCENTS = {
    '"': "\u0308", "'": "\u0301", "`": "\u0300", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
}  # fmt: skip
_VOWEL = "[aeiouyAEIOUYcnz]"
_LETTER_ACCENTS = {"c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a"}
_STYLE = (
    "textit|textbf|textsc|texttt|textrm|textsf|textsl|textup|text|emph|underline|mathbf|mathrm|mathcal|mathbb|mathit"
    "|mathsf|mathtt|mbox|hbox|operatorname|boldsymbol|bm|url|footnotesize|small"
)
#: The commands that also occur with their backslash lost; each is no English word.
_BARE_STYLE = "textit|textbf|textsc|texttt|textrm|textsf|mathcal|mathbf|mathbb|mathrm|emph|url|teal"
#: Stands for a link while the rules run, which would otherwise take its ~, _ and -- for TeX.
_HOLD = "\ue000"
_BARE_LINK = r"https?://[^\s{}\\<>\u{e000}]+"
#: Stands before a digit that is to be raised.
_RAISED = "\ue001"
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
#: In order; each a sign without which it cannot apply, a regular expression, and what takes its place.
_Rules = tuple[tuple[str, str, str], ...]
_TEX: _Rules = (
    ("\\", r"\\href\s*\{([^{}]*)\}\s*\{([^{}]*)\}", "$2 $1"),
    ("\\", r"\\(?:text)?color\s*\{[^{}]*\}|\\(?:cite|citep|citet|ref|label|footnote)\s*\{[^{}]*\}", ""),
    ("\\", r"\\textsuperscript\s*\{([^{}]*)\}", "^$1"),
    ("\\", r"\\textsubscript\s*\{([^{}]*)\}", "_$1"),
    ("\\", r"\\(?:" + _STYLE + r")\b\s*\{((?:[^{}]|\{[^{}]*\})*)\}", "$1"),
    ("{", r"\b(?:" + _BARE_STYLE + r")\{([^{}]*)\}", "$1"),
    ("{\\", r"\{\\(?:em|it|bf|tt|sc|sl|rm|sf|itshape|bfseries)\b\s*([^{}]*)\}", "$1"),
    ("\\", r"\\(?:em|it|bf|tt|sc|sl|rm|sf|left|right|big|Big)\b\s?", ""),
    # \( ... \) and $ ... $; the sums in `$5 and $10` are no formula.
    ("\\", r"\\[(\[]\s?|\s?\\[)\]]", ""),
    ("$", r"(^|[^\\])\$([^$\s]{1,30})\$", "$1$2"),
    ("$", r"(^|[^\\])\$([^$\s][^$]{0,78}[\\^_={}+<>|][^$]{0,78})\$", "$1$2"),
    ("\\", r"\\([%$&#_{}])", "$1"),
    ("\\", r"\\\\|\\[,;:! ]", " "),
    # A tie, not the `about` of ~10x.
    ("~", r"([\p{L})\]}.,;:])~+", "$1 "),
    ("~", r"(\d)~+([\p{L}(\\])", "$1 $2"),
    ("~", r"~+(\u{e000})", " $1"),
    ("``", r"``", '"'),
    ("''", r"''", '"'),
    ("--", r"\s(---?)\s", " — "),
    ("---", r"([\p{L}\p{N})])---([\p{L}\p{N}(])", "$1—$2"),
    ("**", r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*", "$1"),
)
#: Formulas whose backslashes were lost on the way: only beside a digit, since `times` and `sim` are words.
_REPAIRS: _Rules = (
    ("circ", r"\^?\{\\?circ\}|\^\\?circ\b", "°"),
    ("circ", r"(\d)circ\b", "$1°"),
    ("times", r"(\d)times", "$1×"),
    (" times ", r"(\d{2,}) times (\d{2,})", "$1×$2"),
    ("sim", r"(\d)sim(\d)", "$1~$2"),
    ("sim", r"\bsim\s?(\d[\d,.]*)([%×BKMGTbkmgt\s)]|$)", "~$1$2"),
    ("leq", r"\bleq\s?(\d)", "≤$1"),
    ("geq", r"\bgeq\s?(\d)", "≥$1"),
    ("approx", r"\bapprox\s?(\d)", "≈$1"),
    ("nabla", r"\bnabla([\^\d])", "∇$1"),
    ("ell_", r"\bell_(?:\{(\d)\}|(\d)\b)", "ℓ$1$2"),
    ("pi_", r"\bpi_(?:\{(\d)\}|(\d)\b)", "π$1$2"),
    ("_", r"\b(\p{L})_(?:\{(\d)\}|(\d)\b)", "$1$2$3"),
    # The dashes of \x2013 and \x2014: 2048x2048 is none.
    ("x201", r"([a-z)])x201[34]([a-z(])", "$1—$2"),
)
#: Braces and carets left over once commands are gone; run twice for one level of nesting.
_BRACES: _Rules = (
    ("^", r"\^\{?([*+])\}?", "$1"),
    ("{", r"([\^_])\{([^{}]*)\}", "$1$2"),
    # {-1, 0, 1} is a set; {O}ptimization is not.
    ("{", r"\{([^{},]*)\}", "$1"),
)
#: A link printed twice, or with the words that stood for it: https://x{https://x}, https://x{this https URL}.
_LINK_WRAPS: _Rules = (
    ("{", r"\u{e000}\s?\{(?:\w+\{)?\s*\u{e000}\s*\}*", "\ue000\ue001\ue000\ue002"),
    ("{", r"\u{e000}\s?\{\s*this https? UR[LI]\s*\}?", "\ue000"),
    ("{", r"\u{e000}\{([^{}]*)\}", "\ue000 ($1)"),
)


def clean_titles(titles: pl.Series) -> pl.Series:
    """One readable line per title, nulls kept."""
    return _clean(titles)


def clean_abstracts(abstracts: pl.Series) -> pl.Series:
    """One readable line per abstract, without a leading `Abstract:`; empty becomes null."""
    clean = _clean(abstracts).str.replace(r"^(?i:abstract)\s?(?:[:.—–]|-\s)\s*", "")
    return clean.set(clean == "", None)


def _clean(texts: pl.Series) -> pl.Series:
    """Each step touches only the texts that need it: most are plain."""
    texts = texts.clone()  # scattering writes into the series itself
    texts = _on(texts, r"[^\x20-\x7e\n]", _normalize)
    texts = _on(texts, _ENTITY, _unescape)
    texts = _on(texts, r"-[^\S\n]*\n|\p{L}-[^\S\n]+\p{Ll}", _join_hyphens)
    texts = _on(texts, _MARKED, _clean_markup)
    texts = _on(texts, _BLANK, _single_space)
    return texts.str.strip_chars(" ")


def _on(texts: pl.Series, pattern: str, step: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The texts with `step` applied where they match `pattern`."""
    matches = pl.col("text").str.contains(pattern).fill_null(False)
    at = texts.to_frame("text").select(matches.arg_true()).to_series()
    return texts.scatter(at, step(texts.gather(at))) if len(at) else texts


def _single_space(texts: pl.Series) -> pl.Series:
    return texts.str.replace_all(_BLANK, " ")


def _normalize(texts: pl.Series) -> pl.Series:
    """NFC, without invisible characters and ligatures; mojibake repaired where the repair is reversible."""
    broken = texts.str.contains(_MOJIBAKE).arg_true()
    if len(broken):
        texts = texts.scatter(broken, [ftfy.fix_encoding(text) for text in texts.gather(broken).to_list()])
    folds = dict.fromkeys(_INVISIBLE, "") | _LIGATURES
    return texts.str.replace_all(_ANSI, "").str.replace_many(list(folds), list(folds.values())).str.normalize("NFC")


def _unescape(texts: pl.Series) -> pl.Series:
    """Entities, twice: feeds escape what was escaped."""
    return pl.Series([html.unescape(html.unescape(text)) for text in texts.to_list()], dtype=pl.String)


def _join_hyphens(texts: pl.Series) -> pl.Series:
    """Words broken at a line end, which may be a blank by now (`pre- trained`).

    The hyphen goes only where the text has the joined word elsewhere.
    """
    return pl.Series([_join_broken(text) for text in texts.to_list()], dtype=pl.String)


_BROKEN_WORD = re.compile(r"\b(\w++)-[^\S\n]*+\n\s*+(\w++)")
#: A blank may also follow a hyphen that waits for its word, as in `pre- and post-training`.
_PARTED_WORD = re.compile(r"\b([^\W\d_]\w*+)-[^\S\n]++([a-zß-ÿ]++)(?=(-?))")
_WHOLE_WORD = re.compile(r"\w+")


def _join_broken(text: str) -> str:
    words = {word.lower() for word in _WHOLE_WORD.findall(text)}

    def join(match: re.Match[str]) -> str:
        first, second = match.group(1, 2)
        if second.lower() in ("and", "or", "to"):
            return f"{first}- {second}"
        return first + second if (first + second).lower() in words else f"{first}-{second}"

    def join_parted(match: re.Match[str]) -> str:
        # `state-of- the-art` is broken, `model- the one we use` is not.
        is_waiting = match[2] in word_classes()["stop"] and not match[3]
        return match[0] if is_waiting else join(match)

    return _PARTED_WORD.sub(join_parted, _BROKEN_WORD.sub(join, text))


def _clean_markup(texts: pl.Series) -> pl.Series:
    """TeX, HTML tags and Markdown bold, with links held back."""
    links = texts.str.extract_all(_BARE_LINK)
    out = _apply(_LINK_WRAPS, texts.str.replace_all(_BARE_LINK, _HOLD))
    out = _apply((("<", _TAG, " "), *_TEX, *_REPAIRS), out)
    out = _apply((*_BRACES, *_BRACES), _on(out, r"\\", _replace_commands))
    return _put_back(_on(out, r"\^\d", _raise_exponents), links)


def _apply(rules: _Rules, texts: pl.Series) -> pl.Series:
    for sign, pattern, becomes in rules:
        at = texts.str.contains(sign, literal=True).arg_true()
        if len(at):
            texts = texts.scatter(at, texts.gather(at).str.replace_all(pattern, becomes))
    return texts


def _replace_commands(texts: pl.Series) -> pl.Series:
    """Accents and symbols; what is left are the authors' own names for their methods: `\\ours` becomes `ours`."""
    for sign, mark in _ACCENTS.items():
        accent = rf"\\{re.escape(sign)}\s?"
        texts = texts.str.replace_all(
            rf"\{{{accent}\\?([A-Za-z])\}}|{accent}\{{\\?([A-Za-z])\}}", "${1}${2}" + mark
        ).str.replace_all(rf"([A-Za-z]){accent}({_VOWEL})", "${1}${2}" + mark)
    for letter, mark in _LETTER_ACCENTS.items():
        texts = texts.str.replace_all(rf"\\{letter}\{{([A-Za-z])\}}", "${1}" + mark)
    texts = texts.str.normalize("NFC")
    for name, symbol in _SYMBOLS.items():
        texts = texts.str.replace_all(rf"\{{\s*\\{name}\s*\}}|\\{name}\b(?:\{{\}})?", symbol)
    return texts.str.replace_all(r"\\([A-Za-z]+)\\?(?:\{\})?", "$1").str.replace_all(r"\\", "")


def _raise_exponents(texts: pl.Series) -> pl.Series:
    """Powers of one digit as a raised digit: R^2 is one word then. Twice, since one power may follow another."""
    for _ in range(2):
        texts = texts.str.replace_all(r"([\p{L}\p{N})\]∇])\^(\d)(\D|$)", f"$1{_RAISED}$2$3")
    return texts.str.replace_many({_RAISED + digit: digit.translate(_SUPERSCRIPTS) for digit in "0123456789"})


def _put_back(texts: pl.Series, links: pl.Series) -> pl.Series:
    """The held links, in order; one that was marked as said twice goes."""
    most: int = links.list.len().max() or 0  # type: ignore[assignment]
    for i in range(most):
        link = links.list.get(i, null_on_oob=True)
        at = link.is_not_null().arg_true()
        put = pl.DataFrame({"text": texts.gather(at), "link": link.gather(at)})
        texts = texts.scatter(
            at, put.select(pl.col("text").str.replace(_HOLD, pl.col("link"), literal=True)).to_series()
        )
    return texts.str.replace_all(r"\u{e001}[^\u{e002}]*\u{e002}", "")


def fold_titles(titles: pl.Series) -> pl.Series:
    """Keys that are equal for spellings of one title and differ wherever a letter, a digit, `+` or `#` differs.

    Args: cleaned titles. Case, accents, dashes, quotes, punctuation and spaces are folded; accented letters lose the
    accent, not themselves. Greek letters become their names, as pages print `$\\beta$`.
    """
    folded = (
        pl.col("title")
        .str.normalize("NFKD")
        .str.replace_all(r"\p{M}|['’‘`´]", "")
        .str.to_lowercase()
        .str.replace_many(_GREEK)
        # A dot inside a number counts: Part 3.1 is not Part 31.
        .str.replace_all(r"\.(\D|$)", " $1")
        .str.replace_all(r"[^\p{L}\p{N}+#.]+", " ")
        .str.strip_chars(" .")
    )
    return titles.to_frame("title").select(folded).to_series().rename(titles.name)
