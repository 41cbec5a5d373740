"""Keywords end to end: where they stand in their texts, and what a user's overrides make of them."""

from __future__ import annotations

import pytest

from pipelines.release.fingerprint import is_published

HEADER = "action,keyword,target,reason\n"


@pytest.fixture
def ask(built):
    def query(sql, warehouse=built.warehouse):
        with warehouse.read() as connection:
            return connection.execute(sql).fetchall()

    return query


def test_every_mention_stands_where_it_says(ask):
    wrong = ask(
        """
        select mentions.* from marts.keyword_mentions as mentions
        inner join marts.papers as papers on mentions.paper_id = papers.paper_id
        where mentions.form is distinct from substr(
            case mentions.field when 'title' then papers.title else papers.abstract end,
            mentions.start_offset + 1, mentions.end_offset - mentions.start_offset
        )
        """
    )
    assert wrong == []
    assert ask("select count(*) > 1000, count(distinct field) from marts.keyword_mentions") == [(True, 2)]


def test_given_keywords_stay_apart_from_ours(ask):
    """They are kept as given, and none of them is a keyword of a paper whose text does not have it."""
    assert ask("select count(*) > 20, count(keyword_id) > 20, bool_or(is_found) from marts.given_keywords") == [
        (True, True, True)
    ]
    assert ask("select distinct source from marts.given_keywords") == [("ai",)]
    unsaid = ask(
        """
        select * from marts.paper_keywords as ranked
        anti join marts.keyword_mentions as mentions
            on ranked.paper_id = mentions.paper_id and ranked.keyword_id = mentions.keyword_id
        """
    )
    assert unsaid == []


def test_pairs_are_of_keywords_of_one_paper(ask):
    wrong = ask(
        """
        with together as (
            select
                firsts.keyword_id as first_keyword_id, seconds.keyword_id as second_keyword_id,
                count(*) as paper_count
            from marts.paper_keywords as firsts
            inner join marts.paper_keywords as seconds
                on firsts.paper_id = seconds.paper_id and firsts.keyword_id < seconds.keyword_id
            group by all
            having count(*) >= 3
        )
        select * from together
        full join marts.keyword_pairs as pairs using (first_keyword_id, second_keyword_id)
        where together.paper_count is distinct from pairs.paper_count
        """
    )
    assert wrong == []
    assert ask(
        "select count(*) > 10, bool_and(q_value >= p_value), bool_and(abs(npmi) <= 1) from marts.keyword_pairs"
    ) == [(True, True, True)]


def test_one_version_of_rules_made_every_row(ask):
    versions = ask(
        """
        select rules_version from marts.keywords union select rules_version from marts.keyword_forms
        union select rules_version from marts.paper_keywords union select rules_version from marts.keyword_pairs
        union select rules_version from marts.paper_abbreviations
        """
    )
    assert len(versions) == 1


def test_overrides_are_honoured_and_taken_back(built, copy_of_built, build, ask):
    """One build with the overrides, one without them again: two are what the promise is about."""
    before = ask("select * from marts.keyword_forms order by all")
    (merged, form), (target, _), (stopped, _), (renamed, _) = ask(
        """
        select keywords.keyword, min(forms.form) from marts.keywords as keywords
        inner join marts.keyword_forms as forms on keywords.keyword_id = forms.keyword_id
        where not keywords.is_abbreviation and keywords.abbreviation is null
        group by keywords.keyword_id, keywords.keyword, keywords.paper_count
        order by keywords.paper_count desc, keywords.keyword_id limit 4
        """
    )
    (split,) = ask(
        f"""
        select form from marts.keyword_forms
        where rule = 'hyphen' and keyword_id not in (
            select keyword_id from marts.keywords where keyword in ('{merged}', '{target}', '{stopped}', '{renamed}')
        ) order by paper_count desc, form limit 1
        """
    )[0]
    warehouse = copy_of_built
    warehouse.overrides.mkdir()
    overrides = warehouse.overrides / "keywords.csv"
    overrides.write_text(
        HEADER + f"merge,{merged},{target},one thing here\nstop,{stopped},,says nothing here\n"
        f"rename,{renamed},The Renamed,as we call it\nsplit,{split},,another thing here\n"
    )
    report = build(warehouse.folder, [built.dumps])
    assert report.outcome == "published", report.problem
    assert ask(f"select count(*) from marts.keywords where keyword in ('{merged}', '{stopped}')", warehouse) == [(0,)]
    assert ask("select count(*) from marts.keywords where keyword = 'The Renamed'", warehouse) == [(1,)]
    assert ask(
        f"""
        select keywords.keyword, forms.rule from marts.keyword_forms as forms
        inner join marts.keywords as keywords on forms.keyword_id = keywords.keyword_id
        where forms.form = '{form}'
        """,
        warehouse,
    ) == [(target, "override")]
    assert ask(f"select distinct rule from marts.keyword_forms where form = '{split}'", warehouse) in ([("split",)], [])

    overrides.write_text(HEADER + f"merge,{merged},{target},x\nmerge,{target},{merged},x\n")
    report = build(warehouse.folder, [built.dumps])
    assert report.outcome == "failed"
    assert f"{overrides}, line 2: merges go in a circle" in report.problem

    overrides.unlink()
    report = build(warehouse.folder, [built.dumps])
    assert report.outcome == "published"
    assert ask("select * from marts.keyword_forms order by all", warehouse) == before
    assert is_published(warehouse)
