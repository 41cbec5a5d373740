"""What a user of Spark would write instead of a warehouse: PySpark's data frames, the obvious way.

What `pandas_script.py` does, with the same tables: reads text pages and API days, drops duplicate papers by title,
counts 1-3-grams, and writes a table of papers and one of how many papers of each month have each term.

    python -m benchmarks.peers.pyspark_script FOLDER OUTPUT sc://127.0.0.1:15002
"""

import sys
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

from benchmarks.peers.pandas_script import DATE, HEADER

LEAST_PAPERS, MOST_WORDS = 5, 3


def read_pages(spark: SparkSession, paths: list[str]) -> DataFrame:
    """Read pages copied as text: titles and abstracts on alternate lines."""
    pages = spark.read.text(paths, wholetext=True).select(F.split("value", "\n").alias("lines"))
    kept = pages.select(
        F.filter(
            F.transform("lines", F.trim),
            lambda line: (line != "") & ~line.isin(*HEADER) & ~line.rlike(f"^(?:{DATE.pattern})$"),
        ).alias("lines")
    )
    pairs = F.transform(
        F.sequence(F.lit(1), F.size("lines"), F.lit(2)),
        lambda at: F.struct(
            F.regexp_replace(F.element_at("lines", at), "^Subscribe", "").alias("title"),
            F.element_at("lines", at + 1).alias("abstract"),
        ),
    )
    return kept.select(F.inline(pairs))


def read_api(spark: SparkSession, paths: list[str]) -> DataFrame:
    """Read days of the API."""
    entries = spark.read.json(paths, multiLine=True)
    return entries.select(
        F.trim(F.regexp_replace("paper.title", r"\s+", " ")).alias("title"),
        F.trim(F.regexp_replace("paper.summary", r"\s+", " ")).alias("abstract"),
        F.col("paper.id").alias("arxiv_id"),
        F.substring("paper.publishedAt", 1, 7).alias("month"),
        F.col("paper.upvotes").alias("upvotes"),
    )


def join_runs(size: int) -> Column:
    """The runs of so many words, each with spaces between."""
    starts = F.sequence(F.lit(1), F.size("words") - (size - 1))
    runs = F.transform(starts, lambda start: F.array_join(F.slice("words", start, size), " "))
    return F.when(F.size("words") >= size, runs).otherwise(F.array().cast("array<string>"))


def list_terms(papers: DataFrame) -> DataFrame:
    """The distinct 1-3-grams of each paper's title and abstract without stop words, a row each, with its month."""
    text = F.lower(F.concat("title", F.lit(". "), "abstract"))
    words = F.filter(
        F.regexp_extract_all(text, F.lit(r"(?U)\b\w\w+\b"), 0), lambda word: ~word.isin(*ENGLISH_STOP_WORDS)
    )
    grams = [join_runs(size) for size in range(1, MOST_WORDS + 1)]
    found = papers.select("month", words.alias("words"))
    return found.select("month", F.explode(F.array_distinct(F.concat(*grams))).alias("term"))


def main(folder: Path, output: Path, address: str) -> None:
    """Read every dump of a folder and write the tables."""
    spark = SparkSession.builder.remote(address).getOrCreate()
    pages, days = ([str(path.resolve()) for path in sorted(folder.rglob(f"*.{kind}"))] for kind in ("txt", "json"))
    entries = read_api(spark, days)
    if pages:
        entries = entries.unionByName(read_pages(spark, pages), allowMissingColumns=True)
    # Of two equal titles the one with a month is kept.
    best = Window.partitionBy(F.lower("title")).orderBy(F.col("month").asc_nulls_last())
    papers = entries.withColumn("rank", F.row_number().over(best)).where("rank = 1").drop("rank")
    papers.write.mode("overwrite").parquet(f"{output.resolve()}/papers")

    papers = spark.read.parquet(f"{output.resolve()}/papers")
    counts = list_terms(papers).groupBy("term").agg(F.count("*").alias("papers"))
    terms = counts.where(F.col("papers") >= LEAST_PAPERS)
    months = list_terms(papers.where("month is not null")).groupBy("term").pivot("month").count()
    terms.join(months, "term", "left").fillna(0).write.mode("overwrite").parquet(f"{output.resolve()}/term_months")

    written = spark.read.parquet(f"{output.resolve()}/term_months")
    sizes = entries.count(), papers.count(), written.count(), len(written.columns) - 2
    print("{} entries, {} papers, {} terms, {} months".format(*sizes))
    spark.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
