"""Makes the bundled background of keywords: how common words and terms are in the papers of some dumps.

Shares only, of words and of terms of at most four words that several papers use: no text can be read out of them.
"""

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from benchmarks.corpora import DATA
from benchmarks.measure import measure
from paperhouse.text.background import TERMS_FILE, WORDS_FILE

#: What fewer papers have is left out: it says little, and it is most of what there is.
_MIN_PAPERS = 4
_WORDS = f"""
with used as (
    select
        split_part(terms.term, ' ', 1) as opening,
        split_part(terms.term, ' ', -1) as closing,
        papers_terms.in_title
    from intermediate.int_papers_terms__counted as papers_terms
    inner join intermediate.int_terms__counted as terms on papers_terms.term_hash = terms.term_hash
    where terms.word_count > 1
),
openings as (
    select opening as word, count(*) as term_count, count(*) filter (where in_title) as title_count
    from used group by opening
),
closings as (
    select closing as word, count(*) as term_count, count(*) filter (where in_title) as title_count
    from used group by closing
)
select
    words.word,
    round(words.text_count / texts.text_count, 6) as text_share,
    round(coalesce(openings.term_count / texts.text_count, 0), 6) as opening_rate,
    round(coalesce(openings.title_count / openings.term_count, 0), 4) as opening_title_share,
    round(coalesce(closings.term_count / texts.text_count, 0), 6) as closing_rate,
    round(coalesce(closings.title_count / closings.term_count, 0), 4) as closing_title_share
from staging.stg_words as words
cross join (select count(*) as text_count from staging.stg_texts) as texts
left join openings on words.word = openings.word
left join closings on words.word = closings.word
where words.text_count >= {_MIN_PAPERS}
order by words.word
"""
_TERMS = f"""
with spread as (
    select
        term_hash,
        count(*) as paper_count,
        count(*) filter (where in_title) as title_paper_count,
        sum(occurrence_count) as occurrence_count,
        sum(alone_count) as alone_count
    from intermediate.int_papers_terms__counted
    group by term_hash
)
select
    terms.term_key,
    round(spread.paper_count / papers.paper_count, 6) as paper_share,
    round(spread.title_paper_count / spread.paper_count, 4) as title_share,
    round(spread.occurrence_count / papers.paper_count, 6) as occurrence_rate,
    round(spread.alone_count / spread.occurrence_count, 4) as alone_share
from spread
inner join intermediate.int_terms__counted as terms on spread.term_hash = terms.term_hash
cross join (select count(*) as paper_count from intermediate.int_papers__texts) as papers
where spread.paper_count >= {_MIN_PAPERS} and terms.word_count <= 4
order by terms.term_key
"""


def run_background(dumps: Sequence[Path], say: Callable[[str], None], data: Path = DATA) -> str:
    """Build the dumps and replace the two tables of the background; returns what they hold now.

    Raises:
        CommandFailed: the build failed.
    """
    folder = data / "background"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say(f"building a warehouse of the dumps in {folder / 'warehouse'}")
    paperhouse = str(Path(sys.executable).with_name("paperhouse"))
    measure([paperhouse, "build", "--warehouse", str(folder / "warehouse"), *map(str, dumps)])
    return write_background(folder / "warehouse" / "warehouse.duckdb")


def write_background(database: Path) -> str:
    """Write the tables of the background from a built warehouse's own file."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = {WORDS_FILE: connection.execute(_WORDS).pl(), TERMS_FILE: connection.execute(_TERMS).pl()}
    for file, frame in found.items():
        frame.write_csv(file)
    return ", ".join(f"{frame.height:,} {file.stem}, {file.stat().st_size:,} bytes" for file, frame in found.items())
