"""What a user would write instead of a warehouse: pandas and scikit-learn, the obvious way.

Reads text pages and API days, drops duplicate papers by title, counts 1-3-grams, and writes a table of papers and one
of how many papers of each month have each term.

    python benchmarks/peers/pandas_script.py FOLDER OUTPUT
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer

HEADER = {
    "new",
    "Get trending papers in your email inbox!",
    "Get trending papers in your email inbox once a day!",
    "Subscribe",
    "Daily Papers",
    "byAK and the research community",
    "by AK and the research community",
}
DATE = re.compile(r"[A-Z][a-z]{2} \d{1,2}")


def read_page(path: Path) -> pd.DataFrame:
    """Read a page copied as text: titles and abstracts on alternate lines."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").split("\n")]
    lines = [line for line in lines if line and line not in HEADER and not DATE.fullmatch(line)]
    lines[0] = lines[0].removeprefix("Subscribe")
    return pd.DataFrame({"title": lines[0::2], "abstract": lines[1::2]})


def read_api(path: Path) -> pd.DataFrame:
    """Read one day of the API."""
    entries = json.loads(path.read_text(encoding="utf-8"))
    return pd.DataFrame(
        {
            "title": " ".join(entry["paper"]["title"].split()),
            "abstract": " ".join(entry["paper"]["summary"].split()),
            "arxiv_id": entry["paper"]["id"],
            "month": entry["paper"]["publishedAt"][:7],
            "upvotes": entry["paper"]["upvotes"],
        }
        for entry in entries
    )


def main(folder: Path, output: Path) -> None:
    """Read every dump of a folder and write the tables."""
    frames = [read_api(path) for path in sorted(folder.rglob("*.json"))]
    frames += [read_page(path) for path in sorted(folder.rglob("*.txt"))]
    entries = pd.concat(frames, ignore_index=True)
    # API days come first, so of two equal titles the one with a month is kept.
    papers = entries[~entries["title"].str.lower().duplicated()].reset_index(drop=True)

    vectorizer = CountVectorizer(ngram_range=(1, 3), stop_words="english", min_df=5)
    counts = vectorizer.fit_transform(papers["title"] + ". " + papers["abstract"])

    dated = papers["month"].notna().to_numpy() if "month" in papers else np.zeros(len(papers), dtype=bool)
    has_term = (counts[dated] > 0).astype("int32")
    months, codes = np.unique(papers.loc[dated, "month"].to_numpy(str), return_inverse=True)
    table = np.stack([np.asarray(has_term[codes == code].sum(axis=0)).ravel() for code in range(len(months))])
    term_months = pd.DataFrame(table.T, index=vectorizer.get_feature_names_out(), columns=months)
    term_months.insert(0, "papers", np.asarray((counts > 0).sum(axis=0)).ravel())

    output.mkdir(parents=True, exist_ok=True)
    papers.to_parquet(output / "papers.parquet")
    term_months.rename_axis("term").reset_index().to_parquet(output / "term_months.parquet")
    print(f"{len(entries)} entries, {len(papers)} papers, {len(term_months)} terms, {len(months)} months")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
