"""Gate 2: what an analyst may rely on in marts.keyword_redirects."""

from .rules import pipeline

KEY = ["old_keyword_id"]
RULES = [
    pipeline(
        "an id that leads to a keyword is no keyword's",
        """
            select old_keyword_id, form from {batch}
            where old_keyword_id in (select keyword_id from marts.keywords)
        """,
    ),
    pipeline(
        "a form that leads to a keyword is one of its forms",
        """
            select old_keyword_id, keyword_id, form from {batch}
            where reason is distinct from 'part'
                and (keyword_id, form) not in (select (keyword_id, form) from marts.keyword_forms)
        """,
    ),
]
