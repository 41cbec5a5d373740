"""The digest of a real build: its sentences are rows, its schedule and job are off until set up."""

import os

import dagster as dg
from typer.testing import CliRunner

from paperhouse.commands.app import app


def test_every_sentence_is_a_row(built):
    with built.warehouse.read() as connection:
        rows = connection.execute("select kind, period_kind, why, sentence from marts.digest_items").fetchall()
        assert connection.execute(
            "select count(*) from marts.digest_items where kind = 'trending' and coalesce(upvotes, 0) = 0"
        ).fetchall() == [(0,)]
    assert {(kind, period) for kind, period, _, _ in rows} >= {("new", "day"), ("trending", "week")}
    result = CliRunner().invoke(app, ["digest", "--period", "week", "--warehouse", str(built.warehouse.folder)])
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    whys = {lines[number + 1].strip() for number, line in enumerate(lines) if line.startswith("* ")}
    numbers = {line.strip()[1:-1] for line in lines if line.startswith("  (")}
    assert whys
    assert whys <= {why for _, period, why, _ in rows if period == "week"}
    assert numbers
    assert numbers <= {" ".join(sentence.split()) for _, period, _, sentence in rows if period == "week"}


def test_each_paper_is_new_once(built):
    with built.warehouse.read() as connection:
        counts = connection.execute(
            """
            select
                (select count(*) from marts.digest_items where kind = 'new' and period_kind = 'day'),
                (select count(*) from marts.digest_items where kind = 'new' and period_kind = 'week'),
                (
                    select count(distinct paper_id) from marts.appearances
                    where coalesce(listed_on, captured_on) is not null
                )
            """
        ).fetchall()[0]
    assert counts[0] == counts[1] == counts[2] > 0


def test_the_schedule_skips_where_mail_is_not_set_up(built, monkeypatch):
    from paperhouse.orchestration.schedules import daily_digest

    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(built.warehouse.folder))
    for name in [name for name in os.environ if name.startswith(("PAPERHOUSE_SMTP_", "PAPERHOUSE_MAIL_"))]:
        monkeypatch.delenv(name)

    def look():
        with dg.DagsterInstance.ephemeral() as instance:
            return daily_digest.evaluate_tick(dg.build_schedule_context(instance=instance))

    assert "PAPERHOUSE_SMTP_HOST" in look().skip_message
    monkeypatch.setenv("PAPERHOUSE_SMTP_HOST", "localhost")
    monkeypatch.setenv("PAPERHOUSE_MAIL_FROM", "digest@example.org")
    assert len(look().run_requests) == 1
    assert daily_digest.default_status is dg.DefaultScheduleStatus.STOPPED


def test_the_job_runs_where_nobody_is_subscribed(copy_of_built, monkeypatch):
    from paperhouse.orchestration.jobs import digest

    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(copy_of_built.folder))
    monkeypatch.setenv("PAPERHOUSE_SMTP_HOST", "localhost")
    monkeypatch.setenv("PAPERHOUSE_MAIL_FROM", "digest@example.org")
    assert digest.execute_in_process().success
