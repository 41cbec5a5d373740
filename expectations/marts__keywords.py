"""Gate 2: what an analyst may rely on in marts.keywords."""

from .rules import corpus, pipeline

KEY = ["keyword_id", "keyword"]
RULES = [
    pipeline("a keyword has a label", "select keyword_id, keyword from {batch} where keyword = ''"),
    corpus(
        "keywords of more than 120 characters",
        "count(*) filter (where length(keyword) > 120)",
        highest=0,
    ),
    # One in some thousands gets past the cleaning of texts. Hundreds: a page's addresses are read as its wording.
    corpus(
        "share of keywords that are a piece of a link or of LaTeX",
        r"case when count(*) >= 20 then avg(regexp_matches(keyword, '(https?:|www\.|\.com\b|[\\{}$])')::int) end",
        highest=0.01,
    ),
    # In mixed archives the most frequent one (large language models) is in 41 % of the papers; a collection about one
    # thing has it in all of them. A word that newly is in most papers is a stop word that got through.
    corpus(
        "largest share of papers that have one keyword",
        """
            case when (select count(*) from marts.papers) > 50
                then max(paper_count) / (select count(*) from marts.papers) end
        """,
        highest=0.67,
        tolerance=0.5,
    ),
]
