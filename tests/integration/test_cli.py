"""The `paperhouse` command as a person uses it: what it prints, how it ends."""

import csv
import io
import json
import os
import shutil
import subprocess
from dataclasses import replace
from importlib.metadata import version

import duckdb
import pytest
from typer.testing import CliRunner

from paperhouse.commands import building
from paperhouse.commands.app import app
from paperhouse.commands.summary import print_report

COMMANDS = (
    "build",
    "status",
    "quality",
    "sql",
    "ask",
    "trends",
    "paper",
    "rejects",
    "replay",
    "accept",
    "forget",
    "sample",
    "ui",
    "docs",
)
COMMANDS += ("releases", "diff", "rollback", "verify")
COMMANDS += ("report", "digest", "subscribe", "unsubscribe", "subscribers", "bounces")
COMMANDS += ("doctor", "tidy", "backup", "restore", "service")


@pytest.fixture
def run(built):
    def invoke(*arguments):
        return CliRunner().invoke(app, [*arguments, "--warehouse", str(built.warehouse.folder)])

    return invoke


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches(command):
    result = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "160"})
    assert result.exit_code == 0
    assert "Usage" in result.output
    assert len(result.output.splitlines()) > 6
    assert CliRunner().invoke(app, [command, "-h"], env={"COLUMNS": "160"}).output == result.output


def test_sql_as_json(run):
    result = run("sql", "select paper_id, title from marts.papers order by 1 limit 2", "--format", "json")
    assert result.exit_code == 0
    assert [sorted(record) for record in json.loads(result.output)] == [["paper_id", "title"]] * 2


def test_sql_as_csv_defuses_formulas(run):
    result = run("sql", "select '=HYPERLINK(1)' as title, -1 as number", "--format", "csv")
    assert list(csv.reader(io.StringIO(result.output))) == [["title", "number"], ["'=HYPERLINK(1)", "-1"]]


def test_sql_as_table_counts_rows(run):
    result = run("sql", "select 1 as one union all select 2")
    assert "one" in result.output
    assert "2 rows" in result.output


def test_sql_answers_every_statement_in_turn(run):
    result = run("sql", "create temp table t as select 7 as seven; from t; pivot t on seven using count(*)")
    assert result.output.count("1 row") == 2
    assert "seven" in result.output


def test_sql_writes_one_answer_to_a_file(run):
    assert run("sql", "create temp table t as select 7 as seven; from t", "--format", "csv").output == "seven\n7\n"
    result = run("sql", "select 1; select 2", "--format", "json")
    assert result.exit_code == 1
    assert "one answer" in result.output


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("select * from marts.nothing", "nothing"),
        ("selec 1", "syntax"),
        ("delete from marts.papers", "read-only"),
        ("select * from read_csv('/etc/passwd')", "disabled"),
    ],
)
def test_sql_errors_are_said_without_a_traceback(run, statement, said):
    result = run("sql", statement)
    assert result.exit_code == 1
    assert said in result.output
    assert "Traceback" not in result.output


def test_paper_by_id_title_and_nothing(run, built):
    with built.warehouse.read() as connection:
        paper_id, title = connection.execute("select paper_id, title from marts.papers order by 1 limit 1").fetchall()[
            0
        ]
    for asked in (paper_id, title):
        result = run("paper", asked)
        assert result.exit_code == 0
        assert "Keywords" in result.output
        assert "Seen in" in result.output
    nothing = run("paper", "no such paper anywhere")
    assert nothing.exit_code == 1
    assert "No paper" in nothing.output


def test_status_says_what_is_published(run, built):
    result = run("status")
    assert result.exit_code == 0
    assert (built.warehouse.releases / "latest").resolve().name in result.output.replace("\n", "")


def test_trends_show_evidence_or_say_why_not(run):
    published = run("trends", "--basis", "listed")
    assert published.exit_code == 0
    assert "Rising" in published.output
    wrong = run("trends", "--basis", "guessed")
    assert wrong.exit_code != 0
    assert "published" in wrong.output


def test_a_keyword_s_series_is_drawn_and_told(run, built):
    with built.warehouse.read() as connection:
        keyword, form, periods = connection.execute(
            """
            select keyword, min(form), count(distinct period_start_on)
            from marts.keyword_trends_by_week inner join marts.keyword_forms using (keyword_id)
            where date_basis = 'listed' group by keyword_id, keyword order by count(*) desc, keyword limit 1
            """
        ).fetchall()[0]
    told = run("trends", "--keyword", form.upper(), "--basis", "listed", "--grain", "week", "--last", "3").output
    assert keyword in told
    assert told.count("●") == min(periods, 3)
    assert "Week of" in told


def test_a_keyword_nobody_uses_is_said_so(run):
    result = run("trends", "--keyword", "underwater basket weaving")
    assert result.exit_code == 1
    assert "contains it" in result.output


def test_commands_on_nothing_say_how_to_begin(tmp_path):
    for command in (["status"], ["sql", "select 1"], ["trends"], ["paper", "x"]):
        result = CliRunner().invoke(app, [*command, "--warehouse", str(tmp_path / "none")])
        assert result.exit_code == 1
        assert "paperhouse build" in result.output
    assert not (tmp_path / "none").exists()


def test_a_missing_path_is_named(tmp_path):
    result = CliRunner().invoke(app, ["build", str(tmp_path / "missing"), "--warehouse", str(tmp_path / "w")])
    assert result.exit_code == 1
    assert "missing" in result.output
    assert not (tmp_path / "w").exists()


def test_sample_refuses_a_folder_in_use(tmp_path):
    (tmp_path / "mine.txt").write_text("keep me")
    result = CliRunner().invoke(app, ["sample", str(tmp_path)])
    assert result.exit_code == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_the_version_is_the_package_s_and_names_what_it_stands_on():
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith(f"paperhouse {version('paperhouse')} (Python 3.")
    for name in ("duckdb", "polars", "dbt-core", "dagster", "great-expectations"):
        assert f"{name} {version(name)}" in result.output
    assert len(result.output.splitlines()) == 1


ASKING = [
    ["status"],
    ["sql", "select 1"],
    ["ask", "how many papers"],
    ["trends"],
    ["paper", "x"],
    ["why", "x"],
    ["report"],
    ["verify"],
]
ASKING += [["releases"], ["diff", "a"], ["rollback", "aaaaaaaa"], ["rejects"], ["replay"], ["accept", "x"]]
ASKING += [["forget", "x"], ["quality"], ["quality", "--docs"], ["digest"], ["subscribers"], ["unsubscribe", "x"]]


@pytest.mark.parametrize("arguments", ASKING, ids=" ".join)
def test_what_only_asks_makes_no_folder(arguments, tmp_path, monkeypatch):
    # Without --warehouse, as most people type it.
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PAPERHOUSE_WAREHOUSE", raising=False)
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert list(tmp_path.iterdir()) == []


def test_the_warehouse_is_the_option_s_then_the_variable_s_then_the_current_folder_s(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for variable, option, asked in [("", [], "warehouse"), ("v", [], "v"), ("v", ["-w", "o"], "o")]:
        result = CliRunner().invoke(app, ["status", *option], env={"PAPERHOUSE_WAREHOUSE": variable})
        assert f"There is no folder {tmp_path / asked}. Name your warehouse with -w" in result.output
        (tmp_path / asked).mkdir(exist_ok=True)
        result = CliRunner().invoke(app, ["status", *option], env={"PAPERHOUSE_WAREHOUSE": variable})
        assert f"There is no warehouse in {tmp_path / asked}. Name yours with -w" in result.output
        (tmp_path / asked / "inbox").mkdir(exist_ok=True)
        result = CliRunner().invoke(app, ["status", *option], env={"PAPERHOUSE_WAREHOUSE": variable})
        assert f"Nothing is published in {tmp_path / asked} yet. Build it first" in result.output


@pytest.mark.parametrize("command", [[], ["build"], ["report"], ["digest"], ["trends"]])
def test_help_shows_flags_as_flags(command):
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "160", "TERM": "dumb"})
    assert result.exit_code == 0
    assert "--help" in result.output
    assert "bool" not in result.output.lower()


def test_a_folder_without_a_file_is_said_to_be_empty(tmp_path):
    (tmp_path / "empty").mkdir()
    result = CliRunner().invoke(app, ["build", str(tmp_path / "empty"), "--warehouse", str(tmp_path / "w")])
    assert result.exit_code == 1
    assert "There is no file in" in result.output
    assert not (tmp_path / "w").exists()


def test_a_settings_file_that_cannot_be_followed_stops_a_build_before_anything_is_read(tmp_path):
    (tmp_path / "a.txt").write_text("a page")
    house = tmp_path / "w"
    house.mkdir()
    (house / "warehouse.toml").write_text('[columns]\ntitel = ["Papiertitel"]\n')
    result = CliRunner().invoke(app, ["build", str(tmp_path / "a.txt"), "-w", str(house)], env={"COLUMNS": "1000"})
    assert result.exit_code == 1
    assert "warehouse.toml, line 2: there is no field 'titel'" in " ".join(result.output.split())
    assert [path.name for path in house.iterdir()] == ["warehouse.toml"]


def test_links_that_are_not_followed_are_named_with_the_way_to_follow_them(tmp_path):
    folder, gone = tmp_path / "hub", tmp_path / "gone.jsonl"
    folder.mkdir()
    (folder / "train.jsonl").symlink_to("../blob.jsonl")
    gone.symlink_to("nowhere.jsonl")
    for path, said in ((folder, "--follow-links"), (folder, "../blob.jsonl"), (gone, "link to nowhere.jsonl")):
        result = CliRunner().invoke(app, ["build", str(path), "-w", str(tmp_path / "w")], env={"COLUMNS": "1000"})
        assert result.exit_code == 1
        assert said in " ".join(result.output.split())
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status"], "cannot be opened"),
        (["sql", "select 1"], "cannot be opened"),
        (["digest"], "cannot be opened"),
        (["rejects"], "cannot be opened"),
        (["replay"], "cannot be opened"),
        (["forget", "x"], "cannot be opened"),
        (["verify"], "Nothing is published"),
        (["rollback", "x"], "Nothing is published"),
        (["report"], "no report"),
    ],
)
def test_a_damaged_warehouse_is_said_to_be_one(tmp_path, arguments, said):
    for name in ("warehouse.duckdb", "paperhouse.duckdb"):
        (tmp_path / name).write_bytes(b"no database " * 400)
    (tmp_path / "releases").mkdir()
    result = CliRunner().invoke(app, [*arguments, "--warehouse", str(tmp_path)])
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert said in result.output


def test_a_file_is_no_warehouse_and_no_folder_for_a_sample(tmp_path):
    file = tmp_path / "file"
    file.write_text("mine")
    for arguments in (["ui", "--warehouse", str(file)], ["sample", str(file / "x")], ["sample", str(file)]):
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 1
        assert isinstance(result.exception, SystemExit)
    assert file.read_text() == "mine"


def test_the_ui_can_be_ended_where_a_script_has_begun_it_in_the_background(tmp_path, monkeypatch):
    for name in ("PAPERHOUSE_WAREHOUSE", "PAPERHOUSE_PAGES", "DAGSTER_HOME", "DO_NOT_TRACK"):
        monkeypatch.setenv(name, "")
    begun = []
    monkeypatch.setattr(building, "start_pages", lambda *_: None)
    monkeypatch.setattr(os, "execv", lambda path, arguments: begun.append(arguments))
    assert CliRunner().invoke(app, ["ui", "--warehouse", str(tmp_path / "w")]).exit_code == 0
    (tmp_path / "dagster.py").write_text("import signal, sys; print(signal.getsignal(signal.SIGINT), sys.argv[1:])")
    done = subprocess.run(
        ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *begun[0]],  # as `paperhouse ui &` in a script is begun
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "default_int_handler" in done.stdout
    assert "'dev', '-m', 'paperhouse.definitions', '-h', '127.0.0.1'" in done.stdout


def test_a_sample_that_cannot_be_is_refused(tmp_path):
    result = CliRunner().invoke(app, ["sample", str(tmp_path / "new"), "--papers", "90000000"])
    assert result.exit_code == 1
    assert "give more days" in result.output
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("arguments", [["sql", ""], ["paper", " "], ["why", ""], ["trends", "--keyword", ""]])
def test_nothing_asked_is_said_so(run, arguments):
    result = run(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith(("Error:", "No "))


def test_the_summary_names_what_warned_and_where_its_rows_are(writable_copy_of_built, built, capsys):
    copy_of_built = writable_copy_of_built
    with duckdb.connect(str(copy_of_built.published_database.resolve())) as connection:
        connection.execute(
            "update quality.check_results set status = 'warn', observed = '7' where rule = "
            "'rows of sidecars that cannot be used'"
        )
    print_report(copy_of_built, built.report)
    said = capsys.readouterr().out
    assert "raw.sidecars: rows of sidecars that cannot be used is 7; allowed: at most 0" in said
    assert "paperhouse quality" in said
    # An unchanged build checked nothing, so nothing of an earlier one is said.
    print_report(copy_of_built, replace(built.report, outcome="unchanged", run_id="another"))
    assert "Unusual" not in capsys.readouterr().out


def test_quality_shows_what_did_not_hold_and_how_figures_moved(copy_of_built, run):
    with copy_of_built.connect() as connection:
        connection.execute(
            "insert into quality.check_results by name (select * replace ('later' as run_id, value + 5 as value, "
            "checked_at + interval 1 hour as checked_at) from quality.check_results)"
        )
    result = CliRunner().invoke(app, ["quality", "papers", "-w", str(copy_of_built.folder)])
    assert result.exit_code == 0, result.output
    assert "240 245" in result.output
    assert "marts.papers" in result.output
    published = run("quality")
    assert "share of papers with an abstract" in published.output


def test_the_gates_documents_are_named(copy_of_built, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    result = CliRunner().invoke(app, ["quality", "--docs", "-w", str(copy_of_built.folder)])
    assert result.exit_code == 0
    assert opened[0].endswith("/index.html")
    assert "checks" in result.output


def test_a_warehouse_is_looked_at_copied_restored_elsewhere_and_goes_on_there(built, copy_of_built, build, tmp_path):
    def type_in(*arguments):
        result = CliRunner().invoke(app, [*map(str, arguments)])
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    assert "Wrong nothing that shows" in type_in("doctor", "-w", copy_of_built.folder)
    facts = json.loads(type_in("doctor", "--json", "-w", copy_of_built.folder))
    assert (facts["troubles"], facts["releases"], facts["lock"]) == ([], 1, None)
    assert facts["last_build"].startswith("success")
    assert "the newest 5" in type_in("tidy", "-w", copy_of_built.folder)
    said = type_in("backup", tmp_path / "copy", "-w", copy_of_built.folder)
    assert said.endswith("read all of it again.")
    type_in("status", "-w", tmp_path / "copy")
    type_in("restore", tmp_path / "copy", "-w", tmp_path / "a" / "house")
    shutil.rmtree(copy_of_built.folder)
    (tmp_path / "a").rename(tmp_path / "moved")
    type_in("verify", "--files-only", "-w", tmp_path / "moved" / "house")
    # What was read is known there, and what is published is current.
    assert build(tmp_path / "moved" / "house", [built.dumps]).outcome == "unchanged"
