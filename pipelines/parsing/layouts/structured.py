"""Files with the marks of a format that no layout reads: refused whole, and said what they look like.

What belongs here: telling structured text from prose. Asked after every reader and before `text`, which takes lines for
titles and abstracts: a paper made of tags, settings, code or logs is invented. Prose that is no list of papers (a
licence, a manual) is for `text` to refuse.
"""

import csv
import re
from collections.abc import Sequence

from ..files import Source
from ..findings import Findings
from ..reader import SourceReader
from . import dialects

NAME = "unknown"
#: More than `text` claims, less than any reader.
_CLAIM = 0.2
#: Bytes and lines looked at.
_HEAD_BYTES, _HEAD_LINES = 1 << 16, 200
#: Share of the written lines that carry a format's marks before the whole is taken for it.
_MOST = 0.6
#: Fewer marked lines than this say nothing.
_FEW = 3
#: Headings of AsciiDoc, and what reStructuredText has that no prose has: lists of fields and directives.
_ASCIIDOC, _RESTRUCTURED = (
    re.compile(r"^={1,6} \S.{0,300}$", re.MULTILINE),
    re.compile(r"^(?::\w[\w -]{0,30}: \S|\.\. [\w-]{1,30}::)", re.MULTILINE),
)
#: Headings of Markdown, so many of which no other text has.
_HEADINGS, _FEW_HEADINGS = re.compile(r"^#{1,6} \S", re.MULTILINE), 3
#: Columns of a table that is told by its header, and the longest name of one.
_COLUMNS, _NAME = 4, 60
#: Lines as long as this are paragraphs; where they are most of the text, nothing is looked at more closely.
_PARAGRAPH = 300


def _begins(*forms: str) -> re.Pattern[str]:
    """A file that begins in one of these forms, behind white space."""
    return re.compile(rf"\s{{0,100}}+(?:{'|'.join(forms)})", re.IGNORECASE)


def _lines(*forms: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """A whole line, stripped, of one of these forms."""
    return re.compile(rf"(?:{'|'.join(forms)})$", flags)


#: What a file begins with that is of a kind; certain, so asked first.
BEGINNINGS = {
    "XML": _begins(r"<\?xml\b", r"<!DOCTYPE\s+(?!html)", r"<(?!html|head|body)[a-z][\w:.-]{0,60}+ xmlns"),
    "HTML": _begins(r"<!DOCTYPE\s+html", r"<(?:html|head|body|div|span|table|p|ul|script|style)\b[^<>]{0,500}+>"),
    "a calendar, a contact or a certificate": _begins(r"BEGIN:V[A-Z]+", r"-----BEGIN [A-Z ]+-----"),
    "a script": _begins(r"#!\s?/"),
    "a patch": _begins(r"diff --git ", r"Index: \S", r"--- a/\S", r"From [0-9a-f]{40} "),
    "TeX": _begins(
        r"(?:%[^\n]{0,500}+\n\s{0,100}+){0,50}+\\(?:documentclass|begin|section|chapter|usepackage|input)\b"
    ),
    "JSON with remarks or bare names": _begins(
        r"[\[{]\s{0,100}+(?://|/\*|[A-Za-z_]\w{0,60}+\s{0,20}+:|\{\s{0,100}+[A-Za-z_]\w{0,60}+\s{0,20}+:)"
    ),
    "a mail": _begins(
        r"(?:(?:From|To|Cc|Subject|Date|Received|Return-Path|Message-ID|Reply-To|MIME-Version|Delivered-To|"
        r"X-[\w-]{1,40}+):[^\n]{0,2000}+\n(?:[ \t][^\n]{0,2000}+\n){0,50}+){3}"
    ),
    "subtitles": _begins(r"WEBVTT\b", r"1\s{1,4}+\d\d:\d\d:\d\d[,.]\d{3} --> "),
}

#: What most lines of a file look like that is of a kind, in the order they are asked.
LINES = {
    "Markdown without papers": _lines(r"#{1,6} .*+", r"[-*] .*+", r"\[.*+\]\(.*+\)", r"!\[.*+"),
    "a log": _lines(
        r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*+",
        r"\[\d\d?[.:/]\d\d[.:/]\d\d.*+",
        r"[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d .*+",
        r"\[?(?:DEBUG|INFO|WARN|WARNING|ERROR|TRACE)\b.*+",
        r"\d{1,3}(?:\.\d{1,3}){3}\s.*+",
    ),
    "reference fields with tags": _lines(
        r"[A-Z][A-Z0-9]{1,3}\s{0,3}+-(?:\s.*+)?",
        r"%[A-Z0-9@](?: .*+)?",
        r"(?:PT|AU|AF|TI|SO|AB|DE|ID|PY|UT|DT|VL|BP|EP|ER|EF|FN|VR)(?: .*+)?",
    ),
    "a list of references": _lines(
        r"(?:\[\d{1,4}\]\s*+|\d{1,4}\.\s++)?[A-Z][^()\n]{2,200}+"
        r"\((?:19|20)\d\d[a-z]?(?:, [A-Z][a-z]{2,8}(?: \d{1,2})?)?\)[.,:] \S.*+",
        r".{20,250}(?:arXiv preprint arXiv:|https?://doi\.org/10\.|\bIn Proceedings of ).*+",
    ),
    "a table": _lines(
        r"[^\t]*+(?:\t[^\t]*+){2,}",
        r"\|.*+",
        r"[^;]*+(?:;[^;]*+){3,}",
        r"[\d.,:%-]+(?:\s+[\d.,:%-]+)+",
        r"[\w:.%-]*+(?:,[\w:.%-]*+){2,}",
    ),
    "a list of packages": _lines(
        r"[\w.-]+(?:\[[\w,.-]+\])?\s*+(?:[=~<>!]=|@ )\s*+\S.{0,200}",
        r"--hash=\S+.*+",
        r"# .*+",
        r"[a-z][a-z0-9_-]{1,60}+",
    ),
    "paths, addresses or digests": _lines(
        r"(?:https?:/|\.{0,2})/\S+", r"[\w.~-]+(?:/[\w.~-]+)+", r"[0-9a-f]{32,128}(?:\s+\S+)?", r"##\S+"
    ),
    "translations": _lines(r"msg(?:id|str|ctxt)\b.*+", r'".*+"', r"#.*+"),
    "SQL": _lines(
        r"(?:select|insert|create|update|delete|drop|alter|from|where|join|inner|left|order|group|values|begin|commit)\b.*+",
        r"[\w\"]+ (?:text|integer|int|bigint|varchar|time|date|timestamp|boolean|real|double)\b.*+",
        r"--.*+",
        r"\)?;",
        flags=re.IGNORECASE,
    ),
    "a style sheet": _lines(
        r"[\w-]{2,40}+\s?:\s?[^:;{}]{1,200}+;",
        r"[^{};=()\"]{1,200}+\{(?:[^{};]{1,200}+;\s?)?\}?",
        r"\}",
        r"@\w+ [^;]{1,200}+\{",
    ),
    "source code": _lines(
        r"(?:def|class|import|from|return|if|elif|else|for|while|try|except|with|async|await|func|fn|let|const|var|public|"
        r"private|static|final|void|int|package|using|namespace|struct|enum|impl|use|mod|pub|switch|case|raise|throw|"
        r"assert|print|echo|export|function|do|library|require|module|type|include|@\w+|[\w.]+ :?=)\b"
        r".*?(?:[(){}\[\]:;=,\"'`>*/-]|\b\w+\.\w+.*+|\d)",
        r"(?:#(?:include|define|if|endif|pragma)\b|//|/\*|\* |\*/|\"\"\"|''').*+",
        r"(?:from|import|use|package) [\w.:{}, *\"]+;?",
        r"(?:from [\w.]+ )?import [\w., ()*]+",
        r"[)}\]]++[;,)]*+.{0,20}",
        r".{0,300}[;{}(]",
        r"[\w.\[\]\"']+\s?(?:[+*/|&-]?=|:=|<-)\s?\S.*+",
        r"[\w.]+\(.*+\)?[,;]?",
        r"[\w.]+ [\w.*\[\]]+",
        r"(?:return|break|continue|pass|else:?|end|then|fi|done)\b.{0,80}",
        r"(?:File \".*+|\w+Error\b.*+|Traceback .*+)",
    ),
    "settings": _lines(
        r"[\w.\"'/-]{1,60}+\s{0,20}+[:?+]?[:=](?:\s.{0,200})?",
        r"\[{1,2}[\w.\" -]{1,60}+\]{1,2}",
        r"- [\w.\"'/:@={}-]{1,80}+",
        r"[#;].*+",
        r"[\w.-]{1,60}+=\S*+.{0,200}",
        r"(?:set|RUN|COPY|FROM|ENV|CMD|WORKDIR|ENTRYPOINT|ADD|ARG|EXPOSE) \S.*+",
        r"(?:[\d*/,-]+ ){4}[\d*/,-]+ \S.*+",
        r"@\w+ \S.*+",
        r"(?:\$\([A-Z]+\)|cp|rm|mv|chmod|mkdir|install|cc|gcc) \S.{0,200}",
    ),
    "a list of words": _lines(r"\S{1,40}+"),
}


#: What the body of a mail that lists papers has: an address or a label, or else a paragraph as long as an abstract.
_MAIL_OF_PAPERS = re.compile(
    r"https?://|<(?:h[1-6]|a|article)\b|\barxiv\b|\bdoi\b|^(?:title|abstract|authors)\b|^(?:[^\n]{1,2000}+\n?){3,}|^[^\n]{250}",
    re.IGNORECASE | re.MULTILINE,
)


def recognise(source: Source) -> tuple[float, str]:
    """Claim a source that begins as a format does, or most of whose lines look as those of one do."""
    if source.is_binary or source.is_blank:
        return 0.0, "no text"
    kind = _find_kind(source)
    return (_CLAIM, f"looks like {kind}") if kind else (0.0, "no marks of a format")


def _find_kind(source: Source) -> str | None:
    text = source.head(_HEAD_BYTES).decode(errors="replace")
    return "a mail" if source.is_mail and not _MAIL_OF_PAPERS.search(text) else find_kind(text)


def find_kind(text: str) -> str | None:
    """What kind of structured file a text looks like; None for what may be prose."""
    for name, beginning in BEGINNINGS.items():
        if beginning.match(text):
            return name
    rows = [row.strip() for row in text.split("\n", _HEAD_LINES)[:_HEAD_LINES] if row.strip()]
    if _is_table(text):
        return "a table"
    if "# " in text and len(_HEADINGS.findall(text)) >= _FEW_HEADINGS:
        return "Markdown without papers"
    # Looking for what a line begins with is many times faster than for the whole of the line.
    for kind, mark, beginnings in (("AsciiDoc", _ASCIIDOC, "="), ("reStructuredText", _RESTRUCTURED, ":.")):
        if any(f"\n{sign}" in text for sign in beginnings) and len(mark.findall(text)) >= _FEW_HEADINGS:
            return kind
    short = [row for row in rows if len(row) < _PARAGRAPH]
    if 2 * sum(map(len, short)) < sum(map(len, rows)):
        return None
    for name, line in LINES.items():
        count = sum(1 for row in short if line.match(row))
        if count >= _FEW and count >= _MOST * len(rows):
            return name
    return None


def _is_table(text: str) -> bool:
    """Whether rows divided as a header is have as many values, quotes and line breaks in them or not."""
    header = text.split("\n", 1)[0]
    for delimiter in dialects.DELIMITERS:
        names = dialects.split_line(header, delimiter)
        if len(names) < _COLUMNS or max(map(len, names)) > _NAME or not all(map(str.strip, names)):
            continue
        try:
            rows = [row for row in csv.reader(text.split("\n", _HEAD_LINES)[:_HEAD_LINES], delimiter=delimiter) if row]
        except csv.Error:
            continue
        # Of a table with many columns a header and one row are enough.
        few = 2 if len(names) >= 2 * _COLUMNS else _FEW
        if len(rows) >= few and sum(len(row) == len(names) for row in rows) >= _MOST * len(rows):
            return True
    return False


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Refuse each source; (number in the batch, source, why it was recognised)."""
    return _Refusal.read_all(sources)


class _Refusal(SourceReader):
    """One source that is refused whole."""

    NAME = NAME

    def read(self) -> None:
        detail = (
            f"{self.reason}, of which no reader makes papers; read are pages, Markdown, HTML, feeds, JSON, tables "
            "and reference formats (warehouse/README.md lists them)"
        )
        self.refuse_whole(detail, len(self.recorder.entries), len(self.recorder.rejects))
