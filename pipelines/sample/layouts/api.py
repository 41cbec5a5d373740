"""JSON of the daily papers API, one file a day: a list, an envelope around one, or entries as Python dict reprs."""

import hashlib
import json
from datetime import datetime
from typing import Any

import polars as pl

from .layout import Layout, Page


def _render_list(page: Page) -> bytes:
    return _dump(list_entries(page.papers))


def _render_envelope(page: Page) -> bytes:
    entries = list_entries(page.papers)
    return _dump({"status": "success", "date": page.day.isoformat(), "count": len(entries), "data": entries})


def _render_reprs(page: Page) -> bytes:
    """Every other entry is what Python prints of it: single quotes, True, None."""
    return _dump([repr(entry) if place % 2 else entry for place, entry in enumerate(list_entries(page.papers))])


def _dump(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=4).encode()


def list_entries(papers: pl.DataFrame) -> list[dict[str, Any]]:
    """Return what the API says of each paper, ready for JSON."""
    return [_entry(paper) for paper in papers.iter_rows(named=True)]


def _entry(paper: dict[str, Any]) -> dict[str, Any]:
    title, summary = paper["wrapped_title"], paper["wrapped_abstract"]
    submitter = {
        "fullname": paper["submitter"],
        "name": _handle(paper["submitter"]),
        "type": "user",
        "isPro": False,
    }
    record: dict[str, Any] = {
        "id": paper["arxiv_id"],
        "authors": [
            {"_id": _object_id(paper["paper_key"], name, str(place)), "name": name, "hidden": False}
            for place, name in enumerate(paper["authors"])
        ],
        "publishedAt": _instant(paper["published_at"]),
        "submittedOnDailyAt": _instant(paper["listed_at"]),
        "title": title,
        "summary": summary,
        "upvotes": paper["upvotes"],
        "discussionId": _object_id(paper["paper_key"], "discussion"),
        "ai_keywords": paper["ai_keywords"],
    }
    if paper["code_url"]:
        record["githubRepo"] = paper["code_url"]
        record["githubStars"] = paper["upvotes"] * 3
    return {
        "paper": record,
        "publishedAt": _instant(paper["published_at"]),
        "title": paper["title"],
        "summary": summary,
        "numComments": paper["comment_count"],
        "submittedBy": submitter,
        "isAuthorParticipating": paper["submitter"] in paper["authors"],
    }


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def _object_id(*parts: str) -> str:
    return hashlib.sha256("/".join(parts).encode()).hexdigest()[:24]


def _handle(name: str) -> str:
    return name.lower().replace(" ", "-")


_FACTS = frozenset({"arxiv_id", "published_on", "listed_on", "upvotes"})
LAYOUTS = (
    Layout("api_list", "day", ".json", _render_list, tex=True, facts=_FACTS),
    Layout("api_envelope", "day", ".json", _render_envelope, tex=True, facts=_FACTS),
    Layout("api_reprs", "day", ".json", _render_reprs, tex=True, facts=_FACTS),
)
