"""Keywords end to end: where they stand in their texts, and what a user's overrides make of them."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass

import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.orchestration.build import run_build
from paperhouse.release.fingerprint import is_published
from paperhouse.warehouse.folder import Warehouse

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


def test_every_literal_use_of_a_keyword_is_a_mention(ask):
    """Whatever stands around it: as a whole word of the text that marts.papers shows, hyphens read as spaces."""
    texts = dict(
        ask(
            """
            select paper_id, lower(title || ' | ' || coalesce(abstract, '')) from marts.papers
            where language is null or language = 'en'
            """
        )
    )
    commonest = ask(
        """
        with forms as (
            select keyword_id, list(form) as forms from marts.keyword_forms
            group by keyword_id having bool_and(rule not in ('abbreviation', 'compound')) and min(length(form)) > 4
        )
        select keyword, forms, paper_count from marts.keywords inner join forms using (keyword_id)
        order by paper_count desc, keyword_id limit 40
        """
    )
    for keyword, forms, paper_count in commonest:
        words = "|".join(re.escape(form.lower().replace("-", " ")) for form in forms)
        literal = re.compile(rf"(?<![^\W_])(?:{words})(?![^\W_])")
        assert sum(bool(literal.search(text.replace("-", " "))) for text in texts.values()) == paper_count, keyword


def test_nested_mentions_lie_inside_longer_ones(ask):
    wrong = ask(
        """
        select mentions.* from marts.keyword_mentions as mentions
        where is_nested <> exists (
            select 1 from marts.keyword_mentions as longer
            where
                longer.paper_id = mentions.paper_id and longer.field = mentions.field
                and longer.start_offset <= mentions.start_offset and longer.end_offset >= mentions.end_offset
                and longer.end_offset - longer.start_offset > mentions.end_offset - mentions.start_offset
        )
        """
    )
    assert wrong == []
    assert ask("select bool_or(is_nested), bool_and(is_nested) from marts.keyword_mentions") == [(True, False)]


def test_pairs_are_of_keywords_of_one_paper(ask):
    """Each of them outside of longer keywords."""
    wrong = ask(
        """
        with papers_keywords as (
            select distinct paper_id, keyword_id from marts.keyword_mentions where not is_nested
        ),
        together as (
            select
                firsts.keyword_id as first_keyword_id, seconds.keyword_id as second_keyword_id,
                count(*) as paper_count
            from papers_keywords as firsts
            inner join papers_keywords as seconds
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


@dataclass(frozen=True)
class Corrected:
    """A warehouse without one dump and with corrections by hand, and with all as before again."""

    chosen: dict[str, str]
    forgotten: tuple[str, str]
    said_of_forgetting: str
    dumps: list[str]
    keywords: dict[str, str]
    rules: dict[str, tuple[str, str]]
    problem_of_circle: str
    forms_again: list[tuple]
    is_published_again: bool


@pytest.fixture(scope="module")
def corrected(built, tmp_path_factory):
    """One build with a dump less and with overrides, one with neither: two are what the promises are about."""
    folder = tmp_path_factory.mktemp("corrected") / "warehouse"
    shutil.copytree(built.warehouse.folder, folder, symlinks=True)
    warehouse = Warehouse(folder)

    def ask(sql):
        with warehouse.read() as connection:
            return connection.execute(sql).fetchall()

    (merged, form), (target, _), (stopped, _), (renamed, _) = ask(
        """
        select keywords.keyword, min(forms.form) from marts.keywords as keywords
        inner join marts.keyword_forms as forms on keywords.keyword_id = forms.keyword_id
        where not keywords.is_abbreviation and keywords.abbreviation is null
        group by keywords.keyword_id, keywords.keyword, keywords.paper_count
        order by keywords.paper_count desc, keywords.keyword_id limit 4
        """
    )
    ((split,),) = ask(
        f"""
        select form from marts.keyword_forms
        where rule = 'hyphen' and keyword_id not in (
            select keyword_id from marts.keywords where keyword in ('{merged}', '{target}', '{stopped}', '{renamed}')
        ) order by paper_count desc, form limit 1
        """
    )
    ((dump_id, name),) = ask(
        "select dump_id, file_names[1] from raw.dumps where entry_count > 1 order by entry_count, dump_id limit 1"
    )
    forgetting = CliRunner().invoke(app, ["forget", dump_id[:20], "--yes", "--warehouse", str(folder)])
    assert forgetting.exit_code == 0
    warehouse.overrides.mkdir()
    overrides = warehouse.overrides / "keywords.csv"
    overrides.write_text(
        HEADER + f"merge,{merged},{target},one thing here\nstop,{stopped},,says nothing here\n"
        f"rename,{renamed},The Renamed,as we call it\nsplit,{split},,another thing here\n"
    )
    report = run_build(warehouse, [], lambda name, done, total: None)
    assert report.outcome == "published", report.problem
    dumps = [row[0] for row in ask("select dump_id from raw.dumps")]
    keywords = dict(ask("select keyword, keyword_id from marts.keywords"))
    rules = {
        form: (keyword, rule)
        for form, keyword, rule in ask(
            "select form, keyword, rule from marts.keyword_forms inner join marts.keywords using (keyword_id)"
        )
    }
    overrides.write_text(HEADER + f"merge,{merged},{target},x\nmerge,{target},{merged},x\n")
    report = run_build(warehouse, [built.dumps], lambda name, done, total: None)
    assert report.outcome == "failed"
    problem = report.problem.replace(str(overrides), "FILE")
    overrides.unlink()
    assert run_build(warehouse, [built.dumps], lambda name, done, total: None).outcome == "published"
    return Corrected(
        {"merged": merged, "form": form, "target": target, "stopped": stopped, "split": split},
        (dump_id, name),
        forgetting.output,
        dumps,
        keywords,
        rules,
        problem,
        ask("select * from marts.keyword_forms order by all"),
        is_published(warehouse),
    )


@pytest.mark.xdist_group("corrections")
def test_overrides_are_honoured(corrected):
    chosen = corrected.chosen
    assert not {chosen["merged"], chosen["stopped"]} & corrected.keywords.keys()
    assert "The Renamed" in corrected.keywords
    assert corrected.rules[chosen["form"]] == (chosen["target"], "override")
    assert corrected.rules.get(chosen["split"], ("", "split"))[1] == "split"


@pytest.mark.xdist_group("corrections")
def test_overrides_that_go_in_a_circle_stop_the_build(corrected):
    assert "FILE, line 2: merges go in a circle" in corrected.problem_of_circle


@pytest.mark.xdist_group("corrections")
def test_a_forgotten_dump_is_not_in_what_is_published_next(corrected, ask):
    dump_id, name = corrected.forgotten
    assert name in corrected.said_of_forgetting
    assert ask(f"select count(*) from raw.dumps where dump_id = '{dump_id}'") == [(1,)]
    assert corrected.dumps
    assert dump_id not in corrected.dumps


@pytest.mark.xdist_group("corrections")
def test_overrides_taken_back_and_a_dump_given_again_leave_no_trace(corrected, ask):
    assert corrected.forms_again == ask("select * from marts.keyword_forms order by all")
    assert corrected.is_published_again
