"""A published database of a few rows, with titles as hostile as dumps can make them."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from paperhouse.digest.subscriptions import open_subscriptions
from paperhouse.warehouse.folder import Warehouse

HOSTILE_TITLES = (
    '<script>alert("x")</script> & <img src=x onerror=alert(1)>',
    '=HYPERLINK("http://evil.example","click")',
    "Harmless\r\nBcc: victim@example.org\r\nSubject: other\r\n\r\nbody",
    "\x1b[2J\x07 \u202egnp.exe ]]> &amp; [link](javascript:alert(1)) *bold* `code`",
)


@pytest.fixture
def house(published: Path, tmp_path: Path) -> Warehouse:
    """A warehouse of which nothing is there but a copy of the published database."""
    warehouse = Warehouse(tmp_path)
    shutil.copy(published, warehouse.published_database)
    return warehouse


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days and their weeks, made once: on the second one hostile papers and a rising keyword."""
    database = tmp_path_factory.mktemp("published") / "paperhouse.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            """
            create schema marts;
            create table marts.papers (
                paper_id varchar, title varchar, abstract varchar, arxiv_id varchar, doi varchar, published_on date,
                upvotes integer
            );
            create table marts.paper_keywords (paper_id varchar, keyword_id varchar);
            create table marts.appearances (paper_id varchar, listed_on date, captured_on date);
            insert into marts.appearances values ('p9', '2025-06-02', null), ('p0', null, '2025-06-03');
            insert into marts.paper_keywords values ('p9', 'k1'), ('p8', 'k1');
            create table marts.keywords (keyword_id varchar, keyword varchar, abbreviation varchar);
            create table marts.keyword_forms (keyword_id varchar, form varchar);
            create table marts.keyword_mentions (paper_id varchar, keyword_id varchar);
            create table marts.digest_items (
                item_id varchar, period_kind varchar, period_start_on date, kind varchar, item_rank integer,
                paper_id varchar, keyword_id varchar, headline varchar, why varchar, sentence varchar, code_url varchar
            );
            insert into marts.keywords values ('k1', 'optical flow', 'OF'), ('k2', 'lidar', null);
            insert into marts.keyword_forms values ('k1', 'Optical Flow'), ('k1', 'optical flows'), ('k2', 'LiDAR');
            insert into marts.papers values
                ('p9', 'An older one', 'about lenses', '2506.00009', null, '2025-05-30', 3),
                ('p8', 'One of before', null, null, '10.1000/lens(1)', '2025-05-29', 9);
            insert into marts.keyword_mentions values ('p9', 'k2'), ('p0', 'k1');
            insert into marts.digest_items values
                ('i9', 'day', '2025-06-02', 'new', 1, 'p9', null, 'An older one', 'Listed for the first time.',
                    'Listed for the first time on 2025-06-02, 3 votes.', null),
                ('ik', 'day', '2025-06-03', 'rising', 1, null, 'k1', 'optical flow', 'More use it.', '9 of 10 papers.',
                    null);
            """
        )
        for number, title in enumerate(HOSTILE_TITLES):
            paper = f"p{number}"
            connection.execute(
                "insert into marts.papers values (?, ?, '', '2506.0000' || ?, null, null, null)", [paper, title, number]
            )
            for kind in ("trending", "new"):
                connection.execute(
                    "insert into marts.digest_items values (?, 'day', '2025-06-03', ?, ?, ?, null, ?, ?, ?, ?)",
                    [
                        f"{kind}{number}",
                        kind,
                        number + 1,
                        paper,
                        title,
                        title,
                        f"{title}: 3 votes.",
                        "javascript:alert(1)",
                    ],
                )
        connection.execute(
            """
            create table marts.keyword_stories (
                grain varchar, date_basis varchar, period_start_on date, direction varchar, keyword_id varchar,
                story_keyword_id varchar
            );
            alter table marts.digest_items add column date_basis varchar;
            alter table marts.digest_items add column seen_on date;
            alter table marts.digest_items add column trend_grain varchar;
            """
        )
    return database


@pytest.fixture
def subscriptions(house: Warehouse):
    """The warehouse's subscriptions, open."""
    with open_subscriptions(house) as opened:
        yield opened
