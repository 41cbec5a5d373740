"""`python -m benchmarks`: the commands, their options and their help. What they measure is in the modules they call."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CalledProcessError
from typing import Annotated

import typer

from benchmarks.measure import CommandFailed
from pipelines.cli import KeywordSetting

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
        typer.Option(min=1_000, help="Corpus size; may be given several times. With one size, a tenth of it is added."),
    ] = None,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each command; the median counts.")] = 1,
) -> None:
    """The whole build, a pandas + scikit-learn script and wc -w: time, memory, cost per paper, our stages, the goals.

    All three read the same generated corpus (made once): text pages of 1,000 papers, and API days in which a fifth of
    the papers recurs with its dates. The script drops duplicates by title, counts 1-3-grams (min_df=5, English stop
    words) and writes a table of terms by month. Peak memory is that of the largest single process.
    """
    from benchmarks.build import run_build

    with _failing_clearly():
        run_build(papers or [100_000], repeat, _say)


@app.command()
def parse(
    papers: Annotated[int, typer.Option(min=1_000, help="Papers per layout.")] = 20_000,
    repeat: Annotated[int, typer.Option(min=1, help="Runs of each command; the fastest counts.")] = 3,
) -> None:
    """Parsing of every layout beside wc -w on the same files: MB/s, and how many times as long per byte.

    Once to frames, and once loaded into a warehouse's raw tables. Seconds are taken inside the process, after imports.
    """
    from benchmarks.parse import run_parse

    with _failing_clearly():
        run_parse(papers, repeat, _say)


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


@contextmanager
def _failing_clearly() -> Iterator[None]:
    """End with exit code 1 and the failed command's own words instead of a traceback of ours."""
    try:
        yield
    except (CommandFailed, CalledProcessError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _say(what: str) -> None:
    typer.echo(f"{what} ...", err=True)


if __name__ == "__main__":
    app(prog_name="python -m benchmarks")
