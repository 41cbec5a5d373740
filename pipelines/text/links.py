"""Links found in cleaned texts: trimmed, typed, each once per text. Which paper has code is decided in SQL."""

import polars as pl

from ..addresses import read_web_address
from .schema import LINKS

#: A link ends at a blank, a bracket that cannot be part of one, or a quote; what is glued to its end is cut off after.
_END = r"[^\s{}<>\"“”\\^|]"
#: ASCII word boundaries: Unicode's make the search several times as slow, and hosts are ASCII.
_LINK = (
    rf"(?i)https?://{_END}+|(?-u:\b)www\.[a-z0-9-]+\.{_END}+"
    rf"|(?-u:\b)(?:github\.com|gitlab\.com|huggingface\.co|hf\.co|bitbucket\.org|codeberg\.org|arxiv\.org|doi\.org)/{_END}+"
    rf"|(?-u:\b)[a-z0-9-]+\.github\.io(?-u:\b)(?:/{_END}*)?"
)
#: Texts without any of these hold no link.
_MAYBE = r"(?i)https?://|www\.|\.(?:com|co|org)/|github\.io"
_GLUED = r"(?:[.,;:!?'’\])]|\.git)+$"
#: Links of one text that are looked at, and bytes of one: where each stands is searched for in the whole text.
_MOST, _LONGEST = 1_000, 2_000
#: Other names of a host.
_ALIASES = {"hf.co": "huggingface.co"}
_ANONYMOUS = "anonymous.4open.science"
_CODE_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org")
_PAPER_HOSTS = ("arxiv.org", "openreview.net", "doi.org", "dx.doi.org", "aclanthology.org")
_PAGE_HOSTS = r"(?:\.github\.io|\.gitlab\.io|\.netlify\.app|\.vercel\.app|\.pages\.dev|^sites\.google\.com)$"


def extract_links(texts: pl.DataFrame) -> pl.DataFrame:
    """Typed links, one row per distinct link of a text.

    Args: text_id, title, abstract: cleaned.
    Returns: the columns of schema.LINKS, in the order of texts, title before abstract, then start. start and end mark
    the link as written; url is it with https, a host in lower case, and no closing slash, and up to the repository only
    where it leads to code, a model or a data set (`/tree/main` goes).
    """
    found = pl.concat([_find(texts, "title"), _find(texts, "abstract")])
    return (
        _name_repositories(_split_addresses(_keep_addresses(found)))
        # Only where owner and name are known; else the address stays as it is.
        .with_columns(url=pl.coalesce(_repository_address(), "url"))
        .sort("row", pl.col("field") == "abstract", "start")
        .unique(["row", "url"], keep="first", maintain_order=True)
        .select(list(LINKS))
        .cast(pl.Schema(LINKS))
    )


def _find(texts: pl.DataFrame, field: str) -> pl.DataFrame:
    """Links of one field as written: row, text_id, field, start, end, rest (the link without its scheme)."""
    surface = pl.col("surface")
    return (
        texts.with_row_index("row")
        .select("row", "text_id", text=field)
        .filter(pl.col("text").str.contains(_MAYBE))
        .with_columns(surface=pl.col("text").str.extract_all(_LINK).list.unique(maintain_order=True).list.head(_MOST))
        .explode("surface", empty_as_null=False, keep_nulls=False)
        .filter(surface.str.len_bytes() <= _LONGEST)
        .with_columns(surface.str.replace(_GLUED, ""))
        .with_columns(start=_offset(pl.col("text"), surface))
        .select(
            "row",
            "text_id",
            "start",
            field=pl.lit(field),
            end=pl.col("start") + surface.str.len_chars().cast(pl.Int64),
            rest=surface.str.replace(r"(?i)^https?://", ""),
        )
    )


def _keep_addresses(found: pl.DataFrame) -> pl.DataFrame:
    """Links that lead to a place on the web."""
    kept = [read_web_address(f"https://{rest}") is not None for rest in found["rest"]]
    return found.filter(pl.Series(kept, dtype=pl.Boolean))


def _split_addresses(found: pl.DataFrame) -> pl.DataFrame:
    """Keep what has the address of a host; adds url, host and path, a list of its parts up to `.git` or `/-/`."""
    rest = pl.col("rest")
    return found.with_columns(
        url=pl.concat_str(
            pl.lit("https://"),
            rest.str.extract(r"^([^/?#]+)").str.to_lowercase(),
            rest.str.replace(r"^[^/?#]+", "").str.replace(r"/+$", ""),
        ),
        host=rest.str.extract(r"^(?i:www\.)?([^/?#:]+)").str.to_lowercase().replace(_ALIASES),
        path=rest.str.extract(r"^[^/?#]+/([^?#]*)")
        .fill_null("")
        .str.replace(r"/-(?:/.*)?$", "")
        .str.replace(r"\.git$", "")
        .str.split("/"),
    ).filter(pl.col("host").str.contains(r"^[a-z0-9.-]+\.[a-z]{2,}$"))


def _name_repositories(found: pl.DataFrame) -> pl.DataFrame:
    """Add kind, and owner and name of what is code, a model or a data set."""
    first, second, third = (pl.col("path").list.get(i, null_on_oob=True).replace("", None) for i in range(3))
    is_repository = pl.col("kind").is_in(["code", "model"])
    is_dataset = pl.col("kind") == "dataset"
    # GitLab has groups in groups; what comes after /-/ is gone already.
    groups = pl.col("path").list.filter(pl.element() != "")
    is_grouped = is_repository & (pl.col("host") == "gitlab.com")
    return found.with_columns(kind=_kind(first, second)).with_columns(
        owner=pl.when(_is_anonymous())
        .then(None)
        .when(is_grouped)
        .then(groups.list.head(groups.list.len() - 1).list.join("/"))
        .when(is_repository)
        .then(first)
        .when(is_dataset)
        .then(second),
        name=pl.when(is_grouped).then(groups.list.last()).when(is_repository).then(second).when(is_dataset).then(third),
    )


def _kind(first: pl.Expr, second: pl.Expr) -> pl.Expr:
    """What a link leads to, by its host and the first parts of its path."""
    host = pl.col("host")
    is_hugging = host == "huggingface.co"
    return (
        pl.when((host.is_in(_CODE_HOSTS) & second.is_not_null()) | _is_anonymous())
        .then(pl.lit("code"))
        .when(is_hugging & (first == "datasets") | (host == "kaggle.com") & (first == "datasets"))
        .then(pl.lit("dataset"))
        .when(is_hugging & first.is_in(["spaces", "collections", "docs", "blog"]))
        .then(pl.lit("project"))
        .when(host.is_in(_PAPER_HOSTS) | is_hugging & (first == "papers"))
        .then(pl.lit("paper"))
        .when(is_hugging & second.is_not_null())
        .then(pl.lit("model"))
        .when(host.str.contains(_PAGE_HOSTS))
        .then(pl.lit("project"))
        .otherwise(pl.lit("other"))
    )


def _is_anonymous() -> pl.Expr:
    return pl.col("host") == _ANONYMOUS


def _repository_address() -> pl.Expr:
    """Address of a repository; null without owner and name."""
    return pl.concat_str(
        pl.lit("https://"),
        "host",
        pl.lit("/"),
        pl.when(pl.col("kind") == "dataset").then(pl.lit("datasets/")).otherwise(pl.lit("")),
        pl.when(_is_anonymous()).then(pl.lit("r")).otherwise("owner"),
        pl.lit("/"),
        "name",
    )


def _offset(text: pl.Expr, piece: pl.Expr) -> pl.Expr:
    """Character offset of the first occurrence of piece in text; str.find counts bytes."""
    before = text.cast(pl.Binary).bin.slice(0, text.str.find(piece, literal=True))
    return before.cast(pl.String).str.len_chars().cast(pl.Int64)
