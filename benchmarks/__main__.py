"""`python -m benchmarks`: the commands, their options and their help. What they measure is in the modules they call."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import CalledProcessError
from typing import Annotated

import typer

from benchmarks.measure import CommandFailed
from paperhouse.commands.building import KeywordSetting

app = typer.Typer(
    help="Measure Paperhouse beside what a user would write instead. Results are kept in benchmarks/data/, too.",
    add_completion=False,
    invoke_without_command=True,
)


@app.callback()
def show_benchmarks(context: typer.Context) -> None:
    """List the benchmarks when none is named."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def build(
    papers: Annotated[
        list[int] | None,
        typer.Option(min=300, help="Corpus size; may be given several times. With one size, a tenth of it is added."),
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each command; the median counts.")] = 1,
    corpus: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Records as JSON lines, to be built instead, by us alone."),
    ] = None,
) -> None:
    """The whole build, a pandas + scikit-learn script and wc -w: time, memory, cost per paper, our stages, the goals.

    Then ours by kind (a first build, one new day of 50 papers, nothing new) and by dbt table: CPU, memory, slope and
    exponent.

    All three read the same generated corpus (made once): text pages of 1,000 papers, and API days in which a fifth of
    the papers recurs with its dates. The script drops duplicates by title, counts 1-3-grams (min_df=5, English stop
    words) and writes a table of terms by month. Peak memory is that of the largest single process.
    """
    from benchmarks.build import run_build, run_corpus

    with _failing_clearly():
        if corpus:
            run_corpus(corpus, _say)
            return
        run_build(papers or [100_000], repeat, _say)


@app.command()
def parse(
    papers: Annotated[int, typer.Option(min=1_000, help="Papers per layout.")] = 3_000,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each; the one of the fewest seconds counts.")] = 3,
    load: Annotated[bool, typer.Option("--load", help="Measure loading, too: five times as long.")] = False,
) -> None:
    """Parsing of every layout beside wc -w on the same files: MB/s, and how many times as long per byte.

    To frames, and with --load into a warehouse's raw tables, too. Seconds are those of the processor, taken inside the
    process after what is paid once however much is read: imports, first uses, the tables of a new warehouse.
    """
    from benchmarks.parse import run_parse

    with _failing_clearly():
        run_parse(papers, repeat, load, _say)


@app.command()
def dirty(
    quirks: Annotated[str, typer.Option(help="Numbers of quirks, divided by commas; all if not given.")] = "",
    papers: Annotated[int, typer.Option(min=20, help="Papers per page.")] = 60,
    seeds: Annotated[int, typer.Option(min=1, help="Pages per quirk and layout.")] = 5,
    source: Annotated[
        list[Path] | None,
        typer.Option("--from", exists=True, help="Dumps whose entries are damaged, instead of invented papers."),
    ] = None,
    misses: Annotated[int, typer.Option(min=0, help="Misses printed per quirk.")] = 5,
) -> None:
    """Known entries, known damage: what of it is read, per quirk and layout; exit code 1 where anything is missed.

    Each quirk of the list is done to pages in every layout it applies to, which are read as a build reads them: texts
    must come back (white space folded), with the flags, dates, fields and reject reasons they should have.
    """
    from benchmarks.dirty.run import run_dirty

    try:
        numbers = [int(number) for number in quirks.split(",") if number.strip()]
    except ValueError as error:
        raise typer.BadParameter("numbers divided by commas, like 9,14", param_hint="--quirks") from error
    if not run_dirty(numbers, papers, seeds, source or [], misses, _say):
        raise typer.Exit(1)


@app.command()
def layouts(
    source: Annotated[list[Path], typer.Option("--from", exists=True, help="Dumps whose entries are printed.")],
    differences: Annotated[int, typer.Option(min=0, help="Differences printed per layout.")] = 5,
) -> None:
    """The same entries printed in every layout, and packed: the same papers each time? Exit code 1 where not."""
    from benchmarks.dirty.layouts import run_layouts

    if not run_layouts(source, differences, _say):
        raise typer.Exit(1)


@app.command()
def fuzz(
    minutes: Annotated[float, typer.Option(min=0.01, help="How long to go on.")] = 30.0,
    seed: Annotated[int, typer.Option(help="Other seeds try other inputs.")] = 1,
) -> None:
    """Mutated pages of every layout through the parser: no error, no lost line, bounded time; exit code 1 on a finding.

    Guided by the parser's lines an input is the first to reach. Inputs of findings are kept in benchmarks/data/fuzz/.
    """
    from benchmarks.fuzz import format_report, run_fuzz

    report = run_fuzz(minutes, seed, _say)
    typer.echo(format_report(report))
    if report.findings:
        raise typer.Exit(1)


@app.command()
def hostile(
    only: Annotated[str, typer.Option(help="Files whose name holds this; all if not given.")] = "",
) -> None:
    """Sixty hostile files of a MB, one thing over and over: time per MB, peak memory and what came back, in one table.

    Each is hashed, read and sent through the text stage in a process of its own. Seconds are those of the processor,
    memory is what is taken beyond what the process has before.
    """
    from benchmarks.hostile import run_hostile

    run_hostile(only, _say)


@app.command()
def load(
    dumps: Annotated[
        int, typer.Option(min=0, help="Small dumps to load, two papers each; 0 leaves this out.")
    ] = 100_000,
    jsonl_gigabytes: Annotated[
        float, typer.Option(min=0, help="Size of one JSON-lines file to load; 0 leaves this out.")
    ] = 2.0,
    known: Annotated[
        int, typer.Option(min=0, help="Dumps a warehouse holds already before one more comes; 0 leaves this out.")
    ] = 10_000,
    data: Annotated[Path | None, typer.Option(help="Where corpora and results are kept: benchmarks/data/.")] = None,
) -> None:
    """The raw stage at scale: many small dumps, one huge file, one new dump among many known. Time, memory, throughput.

    Each load runs in a process of its own, into a new warehouse; the last one is repeated with one dump more, and the
    table says how many files were hashed and dumps parsed then. Corpora are made once.
    """
    from benchmarks.corpora import DATA
    from benchmarks.load import run_load

    with _failing_clearly():
        run_load(dumps, jsonl_gigabytes, known, _say, data or DATA)


@app.command()
def keywords(
    source: Annotated[
        Path, typer.Option("--input", exists=True, dir_okay=False, help="JSON lines: id, title, abstract.")
    ],
    target: Annotated[Path, typer.Option("--output", dir_okay=False, help="JSON lines: id, keywords, best first.")],
    setting: Annotated[
        KeywordSetting, typer.Option(help="Which keywords come first, as in `paperhouse build --keywords`.")
    ] = KeywordSetting.balanced,
) -> None:
    """Keywords of records, as the build that users run finds them, for scoring against gold.

    The records are loaded as one dump into a warehouse of their own. Gold keywords in the input are not read.
    """
    from benchmarks.keywords import BadRecordError, run_keywords

    with _failing_clearly():
        try:
            run_keywords(source, target, _say, setting=setting.value)
        except BadRecordError as error:
            raise typer.BadParameter(str(error), param_hint="--input") from error


@app.command()
def text(
    papers: Annotated[
        list[int] | None, typer.Option(min=1_000, help="Corpus size; may be given several times. 10,000 and 100,000.")
    ] = None,
    sample: Annotated[int, typer.Option(min=10, help="Texts that YAKE gets.")] = 400,
) -> None:
    """The text stage, whole and its phrases alone, beside YAKE on a sample: texts a second, cost per text, memory.

    Each runs over generated papers in a process of its own, with two threads; YAKE in two processes. The whole stage
    fills every text table; phrases alone are cleaned, tokenised and found, and thrown away.
    """
    from benchmarks.text import run_text

    with _failing_clearly():
        run_text(papers or [10_000, 100_000], sample, _say)


@app.command()
def background(
    dumps: Annotated[list[Path], typer.Argument(exists=True, help="Dumps, or folders of them.")],
) -> None:
    """Make the bundled background of keywords anew: shares of words and terms in these dumps' papers, no texts."""
    from benchmarks.background import run_background

    with _failing_clearly():
        typer.echo(run_background(dumps, _say))


@app.command()
def forms() -> None:
    """Which forms of keywords fold into one: pairs that must and pairs that must not, through the build that users run.

    The pairs are benchmarks/pairs/keyword_forms.csv. Accuracy by kind of pair is printed, and every wrong answer.
    """
    from benchmarks.forms import run_forms

    with _failing_clearly():
        run_forms(_say)


@app.command()
def matching(
    records: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="JSON lines: id, title, and what else is known.")
    ] = None,
    pairs: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="JSON lines: a, b, match.")] = None,
    fields: Annotated[str, typer.Option(help="The only fields that are loaded, by commas, e.g. `title`.")] = "",
    twins: Annotated[
        bool, typer.Option(help="The set as other sources would have it, too; see benchmarks/twins.py.")
    ] = False,
    papers: Annotated[list[int] | None, typer.Option(min=1_000, help="Sizes of corpora with dirty copies.")] = None,
    shuffles: Annotated[Path | None, typer.Option(exists=True, file_okay=False, help="Dumps to build thrice.")] = None,
    namesakes: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Real papers with ids: JSON lines, or a folder of API days.")
    ] = None,
) -> None:
    """Which records become one paper, through the build that users run: precision, recall, F1, cost, order.

    With --records and --pairs a labelled set; its pairs are halved by their first id, and rules are learned on `train`
    alone; with --twins also made dirty, citation-like and scholar-like. With --papers generated corpora in which one
    paper in twenty has a dirty copy. With --shuffles, whether the
    order of dumps shows in any byte of the release. With --namesakes, equal titles of different papers of real
    collections, ids hidden. Without any, invented pairs that are hard to tell.
    """
    from benchmarks.keywords import BadRecordError
    from benchmarks.matching import (
        format_costs,
        format_scores,
        run_duplicates,
        run_labelled,
        run_lookalikes,
        run_shuffles,
    )
    from benchmarks.namesakes import format_namesakes, run_namesakes
    from benchmarks.twins import TWINS

    if (records is None) != (pairs is None):
        raise typer.BadParameter("--records and --pairs go together", param_hint="--records")
    with _failing_clearly():
        if records and pairs:
            chosen = [field.strip() for field in fields.split(",") if field.strip()]
            try:
                for twin in (None, *(TWINS if twins else ())):
                    typer.echo(twin or "as it is")
                    typer.echo(format_scores(run_labelled(records, pairs, chosen, _say, twin)))
            except BadRecordError as error:
                raise typer.BadParameter(str(error), param_hint="--records") from error
        if papers:
            typer.echo(format_costs([run_duplicates(size, _say) for size in papers]))
        if shuffles:
            differing = run_shuffles(shuffles, _say)
            typer.echo(f"differs by order: {', '.join(differing)}" if differing else "every file is the same bytes")
        if namesakes:
            try:
                typer.echo(format_namesakes(run_namesakes(namesakes, _say)))
            except BadRecordError as error:
                raise typer.BadParameter(str(error), param_hint="--namesakes") from error
        if not (records or papers or shuffles or namesakes):
            typer.echo(format_scores(run_lookalikes(_say)))


@app.command()
def weights(
    records: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, help="JSON lines: id, title, and what else is known.")
    ],
    pairs: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSON lines: a, b, match.")],
    collection: Annotated[
        list[Path] | None, typer.Option(exists=True, help="Real papers with ids: JSON lines, or a folder of API days.")
    ] = None,
    write: Annotated[bool, typer.Option(help="Renew dbt_project/seeds/match_weights.csv.")] = False,
    is_built: Annotated[
        bool, typer.Option("--built", help="Take the warehouses of the last run on the same files as they lie.")
    ] = False,
) -> None:
    """What agreement in titles, abstracts, authors and years weighs, by expectation maximisation (Fellegi and Sunter).

    From pairs that the models compare in a labelled set, its twins and real collections, without labels; the sums that
    are enough are learned on the train half. Prints both beside what is used, and how the weights alone would decide.
    """
    from benchmarks.keywords import BadRecordError
    from benchmarks.weights import format_comparison, format_weights, read_seed, run_weights, write_seed

    with _failing_clearly():
        try:
            found, thresholds, version, sets = run_weights(records, pairs, collection or [], _say, is_built=is_built)
        except BadRecordError as error:
            raise typer.BadParameter(str(error), param_hint="--records") from error
        typer.echo(format_weights(found, thresholds, read_seed()))
        typer.echo(format_comparison(sets, found))
        if write:
            write_seed(found, thresholds, version)


@app.command()
def cases(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A folder of cases, one folder each.")],
    only: Annotated[str, typer.Option(help="Only cases whose name contains this.")] = "",
) -> None:
    """Builds of inputs of which it is known what must come out: each beside what its expected.json says in words.

    A case has `level` build or cli and `expected`; each is built in a warehouse of its own, which takes half a minute.
    """
    from benchmarks.cases import format_outcome, run_cases

    with _failing_clearly():
        for outcome in run_cases(folder, only, _say):
            typer.echo(format_outcome(outcome))


@app.command()
def trends(
    planted: Annotated[bool, typer.Option(help="Planted changes beside the references.")] = True,
    null: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="A built warehouse whose publication dates are shuffled."),
    ] = None,
    shuffles: Annotated[int, typer.Option(min=1, help="How often the dates are shuffled.")] = 200,
    cost: Annotated[list[int] | None, typer.Option(min=12_000, help="Papers of a corpus of 120 months.")] = None,
    power: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="A built warehouse whose strong literal changes are counted."),
    ] = None,
    histories: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Known histories (JSON) to find in the warehouse of --power."),
    ] = None,
) -> None:
    """Are verdicts and bursts right? Planted truth beside Kleinberg and Mann-Kendall, a null of real dates, the cost.

    Series are invented, or, with --null, real papers' under shuffled dates; verdicts come out of the models users run.
    With --power, literal changes of real papers are looked for among the verdicts of a warehouse as it was built.
    """
    from benchmarks.trend_null import run_null
    from benchmarks.trend_power import run_histories, run_power
    from benchmarks.trends import run_cost, run_planted

    with _failing_clearly():
        if planted:
            typer.echo(run_planted(_say))
        if null:
            typer.echo(run_null(null, shuffles, _say))
        if power:
            typer.echo(run_power(power))
        if power and histories:
            typer.echo(run_histories(power, histories))
        if cost:
            typer.echo(run_cost(cost, _say))


@app.command()
def mentions(
    warehouse: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="A built warehouse.")],
    keywords: Annotated[int, typer.Option(min=1, help="How many keywords, those of most papers.")] = 200,
) -> None:
    """Does a keyword count every paper that uses it? paper_count beside a literal whole-word count of its forms.

    No letter or digit on either side, hyphens part words, case is folded unless the form is an acronym. Abbreviations,
    which are keywords by sense, are left out of both counts.
    """
    from benchmarks.mentions import run_mentions

    run_mentions(warehouse / "paperhouse.duckdb", keywords, _say)


@app.command()
def vocabulary(
    dumps: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="A folder of JSON dumps with ai_keywords.")
    ],
    min_papers: Annotated[int, typer.Option(min=1, help="Papers that a keyword must be given to.")] = 4,
    halves: Annotated[
        bool, typer.Option(help="Half of the dumps, too: does the whole accept what it accepts?")
    ] = False,
) -> None:
    """Are the keywords that papers are given at their source forms of ours, with all of them hidden from the build?

    They are taken out of copies of the dumps; every one that is missing is listed with the reason.
    """
    from benchmarks.vocabulary import format_vocabulary, run_vocabulary

    with _failing_clearly():
        typer.echo(format_vocabulary(*run_vocabulary(dumps, min_papers, halves, _say)))


@app.command()
def fit(
    exhaustive: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="JSON lines with keywords by indexers; may be given again."),
    ] = None,
    author: Annotated[
        list[Path] | None,
        typer.Option(exists=True, dir_okay=False, help="JSON lines with keywords by authors; may be given again."),
    ] = None,
) -> None:
    """Fit the weights of the keyword score to records with known keywords: 5-fold F1 of each setting, and the weights.

    Each file is built as `keywords` builds it. The weights are printed as the macro keyword_score has them.
    """
    from benchmarks.fit import run_fit
    from benchmarks.keywords import BadRecordError

    if not exhaustive and not author:
        raise typer.BadParameter("Give a file of at least one kind.", param_hint="--exhaustive / --author")
    with _failing_clearly():
        try:
            typer.echo(run_fit(exhaustive or [], author or [], _say))
        except BadRecordError as error:
            raise typer.BadParameter(str(error)) from error


@app.command()
def search(
    papers: Annotated[int, typer.Option(min=1_000, help="Invented papers in the index; made once.")] = 100_000,
    queries: Annotated[int, typer.Option(min=10, help="Known-item queries: five random words of a paper.")] = 500,
) -> None:
    """Search in the published database: time of a query (median, p95) and mean reciprocal rank of the paper meant.

    The index is made of invented papers by the models and macros of a build, without the rest of one.
    """
    from benchmarks.search import format_search, run_search

    with _failing_clearly():
        typer.echo(format_search(run_search(papers, queries, _say)))


@app.command()
def readers(
    builds: Annotated[int, typer.Option(min=1, help="Builds with new dumps, one after another.")] = 10,
    processes: Annotated[int, typer.Option(min=1, help="Processes that read meanwhile.")] = 8,
    minutes: Annotated[float, typer.Option(min=0, help="How long they read at least.")] = 2.0,
    pause: Annotated[
        float, typer.Option(min=0, help="Mean seconds between a reader's questions, at random; 0 starves the builds.")
    ] = 1.0,
) -> None:
    """Readers while builds publish: failures, and answers that are from no one release; exit code 1 on either.

    Half of the processes ask the published database, half the Parquet of the latest release, each through a connection
    of its own per question. They go on until the time is over and every build has published.
    """
    from benchmarks.readers import format_readers, run_readers

    with _failing_clearly():
        result = run_readers(builds, processes, minutes, pause, _say)
    typer.echo(format_readers(result, processes, pause))
    if result.failures or result.torn:
        raise typer.Exit(1)


@app.command()
def kills(
    count: Annotated[int, typer.Option("--kills", min=1, help="Attempts, those of earlier runs included.")] = 500,
    seed: Annotated[int, typer.Option(help="Other seeds kill at other moments.")] = 1,
    full: Annotated[
        bool, typer.Option("--full", help="Instead: all but builds where no file can grow beyond some sizes.")
    ] = False,
    disk: Annotated[
        bool, typer.Option("--disk", help="Instead: all on a small disk of its own that fills (as root: a tmpfs).")
    ] = False,
) -> None:
    """Every command that writes, killed and stopped at each step and at random moments: is anything half done, or lost?

    What readers see, what the command has written, what it leaves when given again, and the bytes of the last build.
    The same seed goes on from where an earlier run ended. Exit code 1 where anything is wrong.
    """
    from benchmarks.kills import format_kills, run_full, run_kills, run_small_disk

    with _failing_clearly():
        if disk:
            attempts = run_small_disk(seed, _say)
        else:
            attempts = run_full(seed, _say) if full else run_kills(count, seed, _say)
    typer.echo(format_kills(attempts, seed))
    if any(attempt.problems for attempt in attempts):
        raise typer.Exit(1)


@app.command()
def upkeep(
    days: Annotated[int, typer.Option(min=1, help="Days at the year's end that are built one by one.")] = 30,
    papers: Annotated[int, typer.Option(min=1, help="Papers a day.")] = 50,
) -> None:
    """What a warehouse weighs after a year of a build a day, bytes by part, from real builds at the year's end.

    The days before are built at once; runs, check pages and releases are worked out by their rules from what a build
    adds. Each daily build takes about a minute.
    """
    from benchmarks.upkeep import format_year, run_upkeep

    with _failing_clearly():
        typer.echo(format_year(run_upkeep(days, papers, _say)))


@app.command()
def steps(
    papers: Annotated[int, typer.Option(min=100, help="Generated papers, half of them there when the steps begin.")],
    count: Annotated[int, typer.Option(min=1, help="Steps to make.")] = 30,
    build_every: Annotated[int, typer.Option(min=1, help="Steps after which a build follows.")] = 3,
) -> None:
    """Whether random steps (add, forget, replay, override, redeliver) end in the bytes of one build of what is left.

    Compared half-way and at the end. Ends with 1 where a file is other bytes.
    """
    from benchmarks.steps import format_walk, run_steps

    with _failing_clearly():
        made = run_steps(papers, count, build_every, _say)
    typer.echo(format_walk(made))
    raise typer.Exit(1 if made.differing else 0)


@app.command()
def runs(count: Annotated[int, typer.Option(min=2, help="Runs to make.")] = 500) -> None:
    """What many runs leave: file handles, bytes of Dagster's history by the rule that prunes it, the UI's start."""
    from benchmarks.runs import format_runs, run_runs

    with _failing_clearly():
        typer.echo(format_runs(run_runs(count, _say)))


@app.command()
def engines(
    warehouse: Annotated[Path, typer.Argument(exists=True, help="A warehouse that DuckDB has built.")],
    lake: Annotated[Path, typer.Option(help="Folder for the tables of the other engine: a new one, or a lake.")],
    engine: Annotated[
        str, typer.Option(help="Address of a Spark Connect server (sc://127.0.0.1:15002), or `local`: a Sail is begun.")
    ] = "local",
    spark: Annotated[
        Path | None,
        typer.Option(exists=True, file_okay=False, help="Folder `pyspark` of a Spark, which is begun instead."),
    ] = None,
    kill_during: Annotated[
        str,
        typer.Option(
            help="With --spark: a model, in the middle of which one of the two workers is killed; with --dumps also "
            "`reading`: while both read dumps."
        ),
    ] = "",
    dumps: Annotated[
        Path | None,
        typer.Option(exists=True, help="With --spark: the whole command on these dumps, of which WAREHOUSE was built."),
    ] = None,
    script: Annotated[
        bool, typer.Option("--script", help="With --dumps: the PySpark script of benchmarks/peers on them, too.")
    ] = False,
) -> None:
    """The dbt models on Spark, or an embedded Sail (its SQL and protocol), beside what DuckDB made of the same texts.

    Model by model: whether it ran, whether a mart is equal (strings, integers and verdicts exactly, doubles to 10
    digits) and, if not, why; CPU seconds. What cannot run yet gets DuckDB's table, so that the models after it are
    tried, too; what follows such a model is marked. Ends with 1 unless all ran and are equal. Needs
    `make setup EXTRAS=spark`. With --spark: one master and two workers on loopback, and the bytes each model shuffles.

    With --dumps it is `paperhouse build DUMPS --engine --lake`, which has the workers read the dumps and work on the
    texts, too: what each table took of Spark's processes and of this one, beside DuckDB's build of WAREHOUSE.
    """
    from benchmarks.engines import are_equal, format_engines, run_engines

    with _failing_clearly():
        if spark:
            is_equal = _run_on_spark(warehouse, lake, spark, kill_during, dumps, script)
        else:
            runs = run_engines(warehouse, lake, _say, engine)
            typer.echo(format_engines(runs))
            is_equal = are_equal(runs)
    if not is_equal:
        raise typer.Exit(1)


def _run_on_spark(warehouse: Path, lake: Path, spark: Path, kill_during: str, dumps: Path | None, script: bool) -> bool:
    """The models, or the whole command where dumps are given, on a Spark of two workers; whether all is equal."""
    from benchmarks.cluster import Watcher, start_cluster
    from benchmarks.corpora import DATA
    from benchmarks.engines import are_equal, format_engines, run_engines
    from benchmarks.whole_builds import build_whole, format_script, format_whole, run_script

    with start_cluster(spark, 2, DATA / "cluster") as cluster, closing(Watcher(cluster, kill_during)) as watcher:
        if dumps:
            built = build_whole(warehouse, dumps, DATA / "engine_warehouse", lake, cluster, watcher)
            is_equal = built.is_equal
            typer.echo(format_whole(built))
            if script:
                _say("the PySpark script")
                typer.echo(format_script(run_script(dumps, DATA / "peer", cluster), DATA / "peer"))
        else:
            runs = run_engines(warehouse, lake, _say, cluster.address, watcher)
            is_equal = are_equal(runs)
            typer.echo(format_engines(runs))
        totals = cluster.read_totals()
    lost = f"; a worker was killed over {watcher.killed_at}" if watcher.killed_at else ""
    typer.echo(f"Shuffled: {totals['totalShuffleWrite']:,} bytes; failed tasks: {totals['failedTasks']}{lost}.")
    if kill_during and not watcher.killed_at:
        raise CommandFailed(f"No worker was killed: {kill_during} was over too soon, or never came.")
    return is_equal


@app.command()
def workers(
    warehouse: Annotated[Path, typer.Argument(exists=True, help="A warehouse, whose texts are worked on again.")],
    spark: Annotated[Path, typer.Option(exists=True, file_okay=False, help="Folder `pyspark` of a Spark.")],
    lake: Annotated[Path, typer.Option(help="Folder for what goes to the workers: a new one, or a lake.")],
) -> None:
    """The text stage here, and on a Spark of one worker and of two on loopback: seconds, and whether all is the same.

    Needs `make setup EXTRAS=spark`, Java, and a Spark (pip install pyspark in another environment).
    """
    from benchmarks.corpora import DATA
    from benchmarks.text_workers import format_workers, run_workers

    with _failing_clearly():
        typer.echo(format_workers(run_workers(warehouse, spark, lake, DATA / "cluster", _say)))


@app.command()
def scaling(
    small: Annotated[Path, typer.Argument(exists=True, help="A warehouse with a lake in it (WAREHOUSE/lake).")],
    large: Annotated[Path, typer.Argument(exists=True, help="Another one, of more papers of the same kind.")],
    at: Annotated[list[int] | None, typer.Option(help="Papers to extrapolate to; several by several options.")] = None,
) -> None:
    """Rows, bytes and CPU of every table at two sizes, how they grow between, and what follows for more papers.

    What the two are made by: `paperhouse build DUMPS -w WAREHOUSE --engine local --lake WAREHOUSE/lake`.
    """
    from benchmarks.scaling import compare_lakes, format_growth

    with _failing_clearly():
        typer.echo(format_growth(compare_lakes(small, large), at or [10**6, 10**7, 25 * 10**7]))


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """End with exit code 1 and the failed command's own words instead of a traceback of ours."""
    try:
        yield
    except (CommandFailed, CalledProcessError, PermissionError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _say(what: str) -> None:
    typer.echo(f"{what} ...", err=True)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
