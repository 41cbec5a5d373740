"""The report of a real build: part of its release, repeatable, and usable in a browser where there is one."""

import hashlib
import html
import json
import re
import shutil
import subprocess
from importlib.resources import files
from urllib.parse import quote

import duckdb
import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.report.page import write_report
from paperhouse.report.questions import NAMES, read_question
from paperhouse.upkeep.growth import tidy

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)


@pytest.fixture(scope="module")
def release(built):
    return (built.warehouse.releases / "latest").resolve()


def open_in_browser(page, folder, search="", size=(1440, 900)):
    """The document after its script has run, and what the browser complained about."""
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0"]
    command += [f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000", "--dump-dom"]
    command += [f"--window-size={size[0]},{size[1]}"]
    result = subprocess.run([*command, page.as_uri() + search], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    return result.stdout, re.findall(r".*CONSOLE.*", result.stderr)


def run_in_browser(page, folder, script, width, scheme="light"):
    """What a script says (`say(text)`) of a copy of a page, in which it may run: the page itself would not let it."""
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    if scheme == "dark":
        text = text.replace("@media (prefers-color-scheme: dark)", "@media all")
    text = text.replace(
        "</body>", f"<script>const say = (text) => {{ top.document.title = text; }};{script}</script></body>"
    )
    # In a frame, since a window cannot be as narrow as a phone.
    copy = folder / "copy.html"
    copy.write_text(f'<title></title><iframe width="{width}" height="900" srcdoc="{html.escape(text)}"></iframe>')
    document, complaints = open_in_browser(copy, folder)
    assert complaints == []
    return html.unescape(re.search("<title>(.*?)</title>", document, re.S).group(1))


def test_the_report_is_part_of_the_release(release):
    manifest = json.loads((release / "manifest.json").read_text())
    [entry] = [entry for entry in manifest["documents"] if entry["path"] == "report.html"]
    content = (release / "report.html").read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert len(content) == entry["bytes"] < 3_000_000
    assert b"light" in content


def test_the_same_release_gives_the_same_page(release, tmp_path):
    copy = shutil.copytree(release, tmp_path / release.name)
    (copy / "report.html").unlink()
    write_report(copy, json.loads((release / "manifest.json").read_text()))
    assert (copy / "report.html").read_bytes() == (release / "report.html").read_bytes()


@pytest.mark.parametrize("name", [name for name in NAMES if name != "changes"])
def test_every_query_runs_as_it_is_shown(built, name):
    result = CliRunner().invoke(
        app, ["sql", read_question(name)[1], "--warehouse", str(built.warehouse.folder), "--format", "json"]
    )
    assert result.exit_code == 0, result.output
    assert isinstance(json.loads(result.output), list)


def test_report_digest_and_terminal_say_the_same_of_a_keyword(built):
    with built.warehouse.read() as connection:
        months = connection.execute(
            "select date_basis, period_start_on, bool_and(is_complete), bool_or(is_latest) "
            "from marts.keyword_trends_by_month group by all order by all"
        ).fetchall()
        cards = connection.execute(read_question("keyword_movers")[1]).pl().to_dicts()
        rows = connection.execute("select * from marts.keyword_trends_by_month").pl()
        news = connection.execute(
            "select keyword_id, date_basis, last_day(seen_on) as ended_on, sentence from marts.digest_items "
            "where kind = 'rising' and trend_grain = 'month'"
        ).fetchall()
    for basis in {month[0] for month in months}:
        starts = [month[1] for month in months if month[0] == basis]
        complete = [month[1] for month in months if month[0] == basis and month[2]]
        assert [month[1] for month in months if month[0] == basis and month[3]] == [max(complete or starts)]
    sentences = {(row["keyword_id"], row["date_basis"], row["period_start_on"]): row for row in rows.to_dicts()}
    assert any(card["verdict"] in ("rising", "new", "spike") for card in cards)
    for card in cards:
        row = sentences[card["keyword_id"], card["date_basis"], card["period_start_on"]]
        assert (card["verdict"], card["because"]) == (row["verdict"], row["because"])
        assert row["is_latest"] != card["is_past"]
    for keyword_id, basis, ended_on, sentence in news:
        assert sentences[keyword_id, basis, ended_on.replace(day=1)]["because"] == sentence
    shown = next(card for card in cards if card["verdict"] in ("rising", "new", "spike"))
    trends = ["trends", "--basis", shown["date_basis"], "--warehouse", str(built.warehouse.folder)]
    told = CliRunner().invoke(app, [*trends, "--keyword", shown["keyword_id"]]).output
    assert shown["because"] in " ".join(told.split())
    listed = CliRunner().invoke(app, [*trends, "--top", "1000"]).output
    # A story is told once, by its strongest keyword.
    told_ids = {card["keyword_id"] for card in cards if card["date_basis"] == shown["date_basis"]}
    with built.warehouse.read() as connection:
        stories = connection.execute(
            "select keyword_id, keyword, story_keyword_id, period_start_on from latest_trends() "
            "where date_basis = ? and direction is not null",
            [shown["date_basis"]],
        ).fetchall()
    heads = {keyword_id for keyword_id, _, story_id, _ in stories if keyword_id == story_id}
    for keyword_id, _, story_id, _ in stories:
        assert story_id in heads
        assert keyword_id in heads or keyword_id not in told_ids
    for card in cards:
        members = [row[1] for row in stories if row[2] == card["keyword_id"] != row[0]]
        if card["date_basis"] == shown["date_basis"]:
            assert sorted(card["story"] or []) == sorted(members)
    assert re.search(rf"{re.escape(shown['keyword'][:12])}.*│ {shown['period_start_on']:%Y-%m} ", listed)


def test_changes_since_the_release_before_are_told(release, tmp_path):
    before = tmp_path / "before"
    before.mkdir()
    manifest = json.loads((release / "manifest.json").read_text())
    (before / "manifest.json").write_text(json.dumps(manifest | {"release_id": "before", "inputs": []}))
    copy = shutil.copytree(release, tmp_path / "now")
    duckdb.execute(
        "copy (select 'papers' as table_name, ['p1'] as key, 'merged' as change, 'method' as cause) "
        f"to '{copy / 'changes.parquet'}'"
    )
    page = write_report(copy, manifest | {"previous_release_id": "before"}).read_text()
    assert f"This one has {len(manifest['inputs'])} dumps more" in page
    assert "<td>merged</td><td>method</td>" in page


def test_the_command_says_where_the_page_is(built, release):
    result = CliRunner().invoke(app, ["report", "--warehouse", str(built.warehouse.folder)])
    assert result.exit_code == 0
    assert result.output.strip() == str(release / "report.html")
    for wrong in ("20200101T000000Z-0", "../.."):
        result = CliRunner().invoke(app, ["report", "--release", wrong, "--warehouse", str(built.warehouse.folder)])
        assert result.exit_code == 1
        assert "no report" in result.output


def test_a_keyword_and_a_paper_have_a_page_on_demand(copy_of_built, tmp_path):
    def run(*arguments):
        return CliRunner().invoke(app, ["report", *arguments, "--warehouse", str(copy_of_built.folder)])

    with copy_of_built.read() as connection:
        [(keyword_id, keyword)] = connection.execute(
            "select keyword_id, keyword from marts.keywords order by paper_count desc, keyword_id limit 1"
        ).fetchall()
        [(paper_id, title, arxiv_id)] = connection.execute(
            "select paper_id, title, arxiv_id from marts.papers where arxiv_id is not null order by paper_id limit 1"
        ).fetchall()
    made = run("--keyword", keyword.upper())
    assert made.exit_code == 0, made.output
    page = copy_of_built.pages / f"{keyword_id}.html"
    assert made.output.strip() == str(page)
    assert f"<h1>{html.escape(keyword)}" in page.read_text()
    # What is shown is what ran: it runs as it stands.
    with copy_of_built.read() as connection:
        for query in re.findall(r"<pre><code>(.*?)</code></pre>", page.read_text(), re.S):
            assert "$id" not in query
            connection.execute(html.unescape(query)).fetchall()
    before = page.read_bytes()
    assert run("--keyword", keyword_id, "--to", str(tmp_path / "kept.html")).exit_code == 0
    # A folder is where the page goes under its own name.
    assert run("--keyword", keyword_id, "--to", str(tmp_path)).exit_code == 0
    assert (tmp_path / f"{keyword_id}.html").read_bytes() == (tmp_path / "kept.html").read_bytes()
    assert (tmp_path / "kept.html").read_bytes() == before
    assert run("--paper", arxiv_id).exit_code == 0
    assert html.escape(title, quote=False) in html.unescape((copy_of_built.pages / f"{paper_id}.html").read_text())

    near = run("--keyword", f"{keyword[:-2]}{keyword[-1]}xq")
    assert near.exit_code == 1
    assert f"Near are: {keyword}" in near.output
    for wrong in (["--paper", "no such title"], ["--keyword", ""], ["--keyword", "a", "--paper", "b"], ["--to", "x"]):
        assert run(*wrong).exit_code == 1

    # A page is of its release: the next build lets go of it, and of nothing that somebody else put there.
    (copy_of_built.pages / "notes.html").write_text("mine")
    assert sorted(path for path in tidy(copy_of_built) if path.startswith("pages")) == [
        f"pages/{keyword_id}.html",
        f"pages/{paper_id}.html",
    ]
    assert (copy_of_built.pages / "notes.html").exists()


needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium or Chrome on the PATH: the page is not opened")


@needs_browser
def test_in_a_browser_the_search_works_and_nothing_complains(release, tmp_path):
    document, complaints = open_in_browser(release / "report.html", tmp_path)
    assert complaints == []
    everything = len(re.findall(r'data-row=""', document))
    assert everything > 50
    assert not re.search(r'data-row=""[^>]* hidden=""', document)
    document, complaints = open_in_browser(release / "report.html", tmp_path, "?q=gate%201%20raw.dumps")
    assert complaints == []
    [(shown, of)] = re.findall(r"(\d+) of (\d+) entries of this page match", document)
    assert 0 < int(shown) < 20
    assert int(of) == everything
    assert len(re.findall(r'data-row=""[^>]* hidden=""', document)) == everything - int(shown)
    # What is folded and matches is unfolded.
    assert '<details class="fold" open=""><summary><h2 id="quality-title">' in document


@needs_browser
def test_in_a_browser_the_search_reaches_what_no_card_shows(built, release, tmp_path):
    with built.warehouse.read() as connection:
        [(keyword, papers)] = connection.execute(
            "select keyword, paper_count from marts.keywords where paper_count > 1 and keyword not in "
            "(select keyword from latest_trends()) order by paper_count, keyword_id limit 1"
        ).fetchall()
        [(title,)] = connection.execute(
            "select title from marts.papers order by published_on, paper_id limit 1"
        ).fetchall()
    document, complaints = open_in_browser(release / "report.html", tmp_path, f"?q={quote(keyword)}")
    assert complaints == []
    assert re.search(rf'<li>{re.escape(html.escape(keyword))}[^<]*<span class="muted small">{papers} papers', document)
    document, _ = open_in_browser(release / "report.html", tmp_path, f"?q={quote(title)}")
    assert re.search(rf'id="found-papers"><li><(a|span)[^>]*>{re.escape(html.escape(title, quote=False))}<', document)


@needs_browser
@pytest.mark.parametrize("width", [1440, 390])
def test_in_a_browser_the_page_is_read_in_a_few_screens(release, tmp_path, width):
    measure = "const page = document.documentElement; say([page.scrollHeight, page.scrollWidth].join());"
    height, broad = map(int, run_in_browser(release / "report.html", tmp_path, measure, width).split(","))
    assert height <= 9 * 900
    assert broad <= width


#: Ends with what axe finds, as JSON: of each broken rule its name, how often, and where for the first time.
LOOK = """
for (const node of document.querySelectorAll('details')) node.open = true;
const tell = (rule) => [rule.id, rule.nodes.length, rule.nodes[0].html.slice(0, 200)];
axe.run(RULES).then((found) => say(JSON.stringify(found.violations.map(tell)))).catch((error) => say(String(error)));
"""


def ask_axe(page, folder, scheme="light", rules="{}"):
    axe = files("axe_core_python").joinpath("axe.min.js").read_text()
    return json.loads(run_in_browser(page, folder, axe + ";" + LOOK.replace("RULES", rules), 1440, scheme))


@needs_browser
@pytest.mark.deep
@pytest.mark.parametrize(("scheme", "rules"), [("light", "{}"), ("dark", "{runOnly: ['color-contrast']}")])
def test_in_a_browser_axe_finds_nothing(release, tmp_path, scheme, rules):
    assert ask_axe(release / "report.html", tmp_path, scheme, rules) == []


@needs_browser
def test_axe_finds_what_is_planted(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        "<!doctype html><html lang='en'><title>Kelp</title><body><main><h1>Kelp</h1><img src='data:,'>"
        "<p style='color: #bbb; background: #fff'>pale</p></main></body></html>"
    )
    assert {rule for rule, *_ in ask_axe(page, tmp_path)} == {"color-contrast", "image-alt"}
