"""Blanks before a page, however many, change nothing that is read of it."""

import pytest
from invented_papers import invent, render_feed, render_html, render_json, render_markdown, render_text
from parsed_tables import parse_each

PAPERS = invent(4)
PAGES = {
    "text": render_text(PAPERS),
    "json": render_json(PAPERS),
    "markdown": render_markdown(PAPERS),
    "html": render_html(PAPERS),
    "feed": render_feed(PAPERS),
    "table": "title,abstract,arxiv_id\n"
    + "".join(
        f'"{title}","{title} is told in words that fill a line.",2401.0{number:04}\n'
        for number, title in enumerate(
            ("Voles in Hedges at Night", "Looms and Threads of Wool", "Weaving Patterns at Scale"), 1
        )
    ),
    "lines": "".join(f'{{"title": "Voles {number} in Hedges", "abstract": "We count."}}\n' for number in range(3)),
    "bibtex": "".join(f"@article{{v{number}, title = {{Voles {number} in Hedges}},}}\n" for number in range(3)),
    "ris": "".join(f"TY  - JOUR\nTI  - Voles {number} in Hedges\nER  - \n" for number in range(3)),
    "labels": "".join(f"Title: Voles {number} in Hedges\nAbstract: We count voles.\n\n" for number in range(3)),
}
BLANKS = {"blanks": " ", "tabs": "\t", "line ends": "\n", "returns": "\r\n", "all of them": " \t\r\n"}


@pytest.fixture(scope="module")
def bare_pages(tmp_path_factory):
    """What is read of each page without blanks."""
    return parse_each(tmp_path_factory.mktemp("bare"), PAGES.values())


@pytest.mark.parametrize("blanks", BLANKS.values(), ids=BLANKS)
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_blanks_before_a_page_change_nothing(parse, bare_pages, page, blanks):
    bare = bare_pages[page]
    assert bare.entries.height >= 3
    # More than any layout looks at; the last line is left to the page.
    padded = parse({"page.txt": blanks * 100_000 + "\n" + page})
    assert padded.pairs == bare.pairs
    assert padded.dump["layout"] == bare.dump["layout"]
