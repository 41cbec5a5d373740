"""Files with the marks of a format that no layout reads: refused whole, and said what they look like.

What belongs here: telling structured text from prose. Asked after every reader and before `text`, which takes lines for
titles and abstracts: a paper made of tags, settings, code or logs is invented. Prose that is no list of papers (a
licence, a manual) is `text`'s to refuse.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .. import lines
from ..files import Source
from ..findings import Findings
from ..reader import SourceReader

NAME = "unknown"
#: More than `text` claims, less than any reader.
_CLAIM = 0.2
#: Bytes and lines looked at.
_HEAD_BYTES, _HEAD_LINES = 1 << 16, 400
#: Share of the written lines that carry a format's marks before the whole is taken for it.
_MOST = 0.6
#: Fewer marked lines than this say nothing.
_FEW = 3


@dataclass(frozen=True)
class Kind:
    """A kind of structured file: what it is called, how it begins (whole file), and how its lines look."""

    name: str
    begins: re.Pattern[str] | None = None
    line: re.Pattern[str] | None = None


def _begins(pattern: str) -> re.Pattern[str]:
    return re.compile(r"\s{0,100}+(?:" + pattern + ")", re.IGNORECASE)


#: In the order they are asked. What a file begins with is certain; lines have to agree.
KINDS = (
    Kind("XML", _begins(r"<\?xml\b|<!DOCTYPE\s+(?!html)|<[a-z][\w:.-]{0,60}+(?:\s[^<>]{0,500}+)?>[^<]{0,200}+<")),
    Kind("HTML", _begins(r"<!DOCTYPE\s+html|<(?:html|head|body|div|span|table|p|ul|script|style)\b[^<>]{0,500}+>")),
    Kind("a calendar, contact or certificate", _begins(r"BEGIN:V[A-Z]+|-----BEGIN [A-Z ]+-----")),
    Kind("a script", _begins(r"#!\s?/")),
    Kind("a patch", _begins(r"diff --git |Index: \S|--- a/\S|From [0-9a-f]{40} ")),
    Kind("TeX", _begins(r"(?:%[^\n]{0,500}+\n\s{0,100}+){0,50}+\\(?:documentclass|begin|section|chapter|usepackage|input)\b")),
    Kind("a mail", _begins(r"(?:(?:From|To|Cc|Subject|Date|Received|Return-Path|Message-ID|Reply-To|MIME-Version|"
                           r"Delivered-To|X-[\w-]{1,40}+):[^\n]{0,2000}+\n(?:[ \t][^\n]{0,2000}+\n){0,50}+){3}")),
    Kind("a Dockerfile", _begins(r"(?:#[^\n]{0,500}+\n|\s){0,50}+FROM \S+[^\n]{0,100}+\n\s{0,20}+(?:RUN|COPY|WORKDIR|ENV|ADD|ARG)\b")),
    Kind("subtitles", _begins(r"(?:WEBVTT\b|1\s{1,4}+\d\d:\d\d:\d\d[,.]\d{3} --> )")),
    Kind("SQL", line=re.compile(r"\s*+(?:select|insert|create|update|delete|drop|alter|from|where|join|inner join|left join|"
                                r"values|set|begin|commit|with \w+ as|--)\b|.{0,500}+;\s*+$", re.IGNORECASE)),
    Kind("fields with tags of letters", line=re.compile(r"(?:[A-Z][A-Z0-9]{1,3}\s{0,3}+-(?:\s|$)|[A-Z][A-Z0-9] \S|ER$|EF$|\s{2,6}\S)")),
    Kind("a table", line=re.compile(r"[^\t\n]*+(?:\t[^\t\n]*+){2,}$|\s*+\|.*+\|\s*+$|(?:[^;\n]*+;){3,}[^;\n]*+$")),
    Kind("a log", line=re.compile(r"\s*+\[?(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d|\d\d:\d\d:\d\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d|"
                                  r"(?:DEBUG|INFO|WARN|WARNING|ERROR|TRACE)\b|\d{1,3}(?:\.\d{1,3}){3}\s)")),
    Kind("a list of packages", line=re.compile(r"\s*+[\w.-]+(?:\[[\w,.-]+\])?\s*+(?:[=~<>!]=|@ )\s*+\S+.{0,200}+$|\s*+--hash=\S+.*+$|\s*+#.*+$")),
    Kind("settings", line=re.compile(r"\s*+(?:[\w.\"'/-]{1,60}+\s{0,20}+[:=](?:\s.{0,200}+)?$|\[{1,2}[\w.\" -]{1,60}+\]{1,2}\s*+$|"
                                     r"-\s[\w.\"'/:@=-]{1,80}+$|[#;].*+$|[\w.-]{1,60}+=\S*+$)")),
    Kind("a style sheet", line=re.compile(r"\s*+(?:[\w-]{2,40}+\s?:\s?[^:;{}]{1,200}+;|[^{};]{1,200}+\{\s*+|\}|@(?:media|import|font-face)\b.*+|/\*.*+|\*.*+)\s*+$")),
    Kind("source code", line=re.compile(
        r"\s*+(?:(?:def|class|import|from|return|if|elif|else|for|while|try|except|with|async|await|func|fn|let|const|var|"
        r"public|private|static|void|int|package|using|namespace|struct|enum|impl|use|mod|pub|switch|case|raise|assert|"
        r"print|echo|export|function|end|do|then|fi|done|library|require|module|where|instance|data|type|include|@\w+)\b"
        r".*+[(){}\[\]:;=,\"'`]\s*+$|[#/]{1,2}.*+$|[)}\]]+[;,)]*+$|.{0,300}+[;{}]\s*+$|\w[\w.\[\]\"']*+\s?(?:[+*/|&-]?=|\+=|:=|<-)\s?\S.*+$|"
        r"\w[\w.]*+\(.*+\)?[,;]?$|[\"'{(\[].*+[,({\[]$|\"\"\".*+|(?:return|break|continue|pass|else:?|end)$)")),
)  # fmt: skip


def recognise(source: Source) -> tuple[float, str]:
    """Claim a source that begins as a format does, or most of whose lines look as those of one do."""
    if source.is_binary or not source.data.strip():
        return 0.0, "no text"
    kind = find_kind(source.data[:_HEAD_BYTES].decode(errors="replace"))
    return (_CLAIM, f"looks like {kind}") if kind else (0.0, "no marks of a format")


def find_kind(text: str) -> str | None:
    """What kind of structured file a text looks like; None for what may be prose."""
    rows = [row for row in text.split("\n", _HEAD_LINES)[:_HEAD_LINES] if row.strip()]
    for kind in KINDS:
        if kind.begins and kind.begins.match(text):
            return kind.name
    for kind in KINDS:
        if kind.line:
            count = sum(1 for row in rows if len(row) <= 2_000 and kind.line.match(row))
            if count >= _FEW and count >= _MOST * len(rows):
                return kind.name
    return None


def parse(sources: Sequence[tuple[int, Source, str]]) -> Findings:
    """Refuse each source; (number in the batch, source, why it was recognised)."""
    return _Refusal.read_all(sources)


class _Refusal(SourceReader):
    """One source that is refused whole."""

    NAME = NAME

    def read(self) -> None:
        kind = find_kind(self.source.data[:_HEAD_BYTES].decode(errors="replace"))
        written = [number for number, row in enumerate(self.source.data.split(b"\n"), start=1) if row.strip()]
        detail = (
            f"looks like {kind}, of which no reader makes papers; read are pages, Markdown, HTML, feeds, JSON, tables and "
            "reference formats (warehouse/README.md lists them)"
        )
        self.reject("unknown_layout", detail, written[0], written[-1], self.text)
        self.ledger.mark_open(lines.REJECTED)
