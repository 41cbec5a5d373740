"""The two gates: Great Expectations results as blocking Dagster asset checks, each answered by the kind of its rule.

What belongs here: which schema each gate judges, and what a broken rule means for the run: a record is quarantined, a
dump held, an unusual corpus said, and a fault of the pipeline stops the build. Rules are in `expectations/`; how a
record or dump is taken out of the way is `loading.quarantine`.

No `from __future__ import annotations`: Dagster reads annotations as they are.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import dagster as dg
import duckdb

from ..expectations.data_docs import write_documents
from ..expectations.runner import CheckResult, Figures, check_tables, guarded_tables
from ..loading.quarantine import Odd, hold_odd_dumps, quarantine_records
from ..loading.texts import extract_new_texts
from ..release.fingerprint import fingerprint
from ..showing import progress
from ..warehouse.folder import Warehouse
from ..warehouse.lock import using
from ..warehouse.places import tell_rows
from ..warehouse.quality import CheckRow, published_figures, record_checks, record_pass, withdraw_pass
from .assets.tables import asset_key
from .retries import retried

CHECK_NAME = "expectations"
#: Quarantined records that the summary names one by one.
NAMED_RECORDS = 10


@dataclass(frozen=True)
class Judgement:
    """What a gate found: every rule's result, what was done about those that broke, and sentences on it."""

    results: list[CheckResult]
    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def make_gate(stage: str, schema: str) -> dg.AssetChecksDefinition:
    """A gate on every guarded table of a schema: one blocking check per table, all judged in one go."""
    tables = guarded_tables(schema)

    @dg.multi_asset_check(
        name=f"{stage}_{schema}",
        specs=[
            dg.AssetCheckSpec(
                CHECK_NAME,
                asset=asset_key(table),
                blocking=True,
                description=f"The suite on {table}. A broken rule of kind pipeline keeps all below from running; "
                "odd records are quarantined, odd dumps held, an unusual corpus is said.",
            )
            for table in tables
        ],
        can_subset=True,
    )
    @retried
    def gate(
        context: dg.AssetCheckExecutionContext, warehouse: dg.ResourceParam[Warehouse]
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = {key.asset_key for key in context.selected_asset_check_keys}
        judged = [table for table in tables if asset_key(table) in chosen]
        with progress.stage(stage.replace("_", " ")):
            judgement = judge(warehouse, stage, schema, context.run.run_id, judged)
        progress.notes.extend(judgement.notes)
        for note in judgement.notes:
            context.log.warning(note)
        beyond = [result.rule for result in judgement.results if result.is_blocking and result.table not in tables]
        if beyond:  # what was quarantined here broke a table that has no check of its own here
            raise dg.Failure(description=f"Raw tables that had passed have not passed again: {'; '.join(beyond)}.")
        documents = warehouse.check_documents / context.run.run_id
        for table in judged:
            yield _to_asset_check(table, judgement, warehouse.locate(documents / f"{table}.html"))
        if any(result.is_blocking for result in judgement.results):
            raise dg.Failure(description=_say_stopped(warehouse, judgement))

    return gate


def judge(warehouse: Warehouse, stage: str, schema: str, run_id: str, chosen: Sequence[str] | None = None) -> Judgement:
    """Judge a schema's tables, act on what broke by its kind, write ledger and documents, and say what was done.

    Rules about records and dumps come first: the others judge what is left when those have been taken out of the way.
    The stage has passed for what is loaded then, where nothing blocks and not some tables alone were chosen.
    """
    every, passed = guarded_tables(schema), f"{stage}_{schema}"
    tables = every if chosen is None else list(chosen)
    is_whole = set(tables) == set(every)
    with warehouse.connect() as connection:
        if is_whole:
            withdraw_pass(connection, passed)
        before = published_figures(connection)
    judgement = Judgement(_check(warehouse, tables, ("record", "dump")))
    if judgement.results:
        _act(warehouse, judgement, run_id)
    judgement.results.extend(_check(warehouse, tables, ("corpus", "pipeline"), before))
    judgement.results.sort(key=lambda result: result.table)
    for result in judgement.results:
        if result.status != "pass":
            judgement.answers.setdefault((result.table, result.rule), _ANSWERS[result.is_blocking])
    record_checks(warehouse, run_id, [_to_row(stage, result, judgement.answers) for result in judgement.results])
    write_documents(warehouse.check_documents, run_id, judgement.results)
    is_blocked = any(result.is_blocking for result in judgement.results)
    with warehouse.connect() as connection:
        if is_blocked:
            withdraw_pass(connection, passed)
        elif is_whole:
            record_pass(connection, passed, fingerprint(connection), run_id)
    return judgement


def _say_stopped(warehouse: Warehouse, judgement: Judgement) -> str:
    """Each rule that stopped the run with what was seen, the files and lines of it, and the way out."""
    lines = ["A rule of the pipeline is broken. Nothing was published; what readers see is as it was."]
    with warehouse.connect() as connection:
        for result in judgement.results:
            if result.is_blocking:
                lines.append(f"{result.table}: {result.rule}: observed {result.observed}, allowed {result.expected}")
                lines += [f"  {told}" for told in tell_rows(connection, result.failing)]
    return "\n".join([*lines, "`paperhouse quality` says so, too; the job `forget` takes a dump out."])


#: What is done about a broken rule by whether it blocks; records and dumps have answers of their own.
_ANSWERS = {True: "the build stopped; nothing was published", False: "published all the same"}


def _act(warehouse: Warehouse, judgement: Judgement, run_id: str) -> None:
    """Quarantine the records and hold the dumps that broke a rule.

    What a text shows takes entries out of the raw tables after those have passed, so that they are judged once more.
    """
    records = [result for result in judgement.results if result.kind == "record" and result.rows]
    dumps = [result for result in judgement.results if result.kind == "dump"]
    is_text = False
    with warehouse.connect() as connection:
        for result in records:
            key = next(name for name in ("entry_id", "text_id") if name in result.rows[0])
            is_text |= key == "text_id"
            odd = [Odd(row[key], result.reason, f"{row['because']} (rule: {result.rule})") for row in result.rows]
            said = quarantine_records(connection, key, odd)
            _say(judgement, said, f"{len(said):,} more records are rejects now; `paperhouse rejects` lists them.")
            judgement.answers[result.table, result.rule] = f"quarantined {_count(len(said), 'record')}"
        if dumps:
            _hold(connection, judgement, dumps)
    if is_text:
        again = _check(warehouse, guarded_tables("raw"), ("pipeline",))
        judgement.results.extend(result for result in again if result.is_blocking)
        if not any(result.is_blocking for result in again):
            with warehouse.connect() as connection:
                record_pass(connection, "gate_1_raw", fingerprint(connection), run_id)
        extract_new_texts(warehouse)


def _check(
    warehouse: Warehouse, tables: Sequence[str], kinds: Sequence[str], before: Figures | None = None
) -> list[CheckResult]:
    """Run rules on the pipeline's own file, which no backup copies meanwhile."""
    with using(warehouse.file_lock):
        return check_tables(warehouse.database, tables, kinds, before)


def _hold(connection: duckdb.DuckDBPyConnection, judgement: Judgement, results: list[CheckResult]) -> None:
    odd = [
        Odd(row["dump_id"], "", f"{row['because']} (rule: {result.rule})")
        for result in results
        for row in result.rows
        if result.rule != "no dump is over the reject budget"
    ]
    hold_odd_dumps(connection, odd)
    held = {row[0] for row in connection.execute("select dump_id from raw.dumps where status = 'held'").fetchall()}
    for result in results:
        if result.rows:
            count = len({row["dump_id"] for row in result.rows} & held)
            judgement.answers[result.table, result.rule] = (
                f"held {_count(count, 'dump')}" if count else "let through: a person has accepted it"
            )


def _say(judgement: Judgement, sentences: list[str], more: str) -> None:
    judgement.notes.extend(sentences[:NAMED_RECORDS])
    if len(sentences) > NAMED_RECORDS:
        judgement.notes.append(f"{len(sentences) - NAMED_RECORDS:,} {more.split(' ', 1)[1]}")


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _to_row(stage: str, result: CheckResult, answers: dict[tuple[str, str], str]) -> CheckRow:
    return CheckRow(
        stage=stage,
        table=result.table,
        rule=result.rule,
        kind=result.kind,
        status=result.status,
        observed=result.observed,
        expected=result.expected,
        failing=result.failing,
        value=result.value,
        lowest=result.lowest,
        highest=result.highest,
        affected_rows=result.affected_rows,
        answer=answers.get((result.table, result.rule), ""),
    )


def _to_asset_check(table: str, judgement: Judgement, documents: str) -> dg.AssetCheckResult:
    """One table's results as one check: what blocks is an error, all else that broke a warning."""
    results = [result for result in judgement.results if result.table == table]
    blocked = any(result.is_blocking for result in results)
    broken = [result for result in results if result.status != "pass"]
    return dg.AssetCheckResult(
        asset_key=asset_key(table),
        check_name=CHECK_NAME,
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR if blocked else dg.AssetCheckSeverity.WARN,
        description="; ".join(
            f"{result.rule}: observed {result.observed}, allowed {result.expected}; "
            f"{judgement.answers[table, result.rule]}"
            for result in broken
        )
        or None,
        metadata={
            "rules": len(results),
            "documents": dg.MetadataValue.url(documents),
            "results": dg.MetadataValue.table(
                records=[
                    dg.TableRecord(
                        {
                            "rule": result.rule,
                            "kind": result.kind,
                            "status": result.status,
                            "observed": result.observed,
                            "allowed": result.expected,
                            "answer": judgement.answers.get((table, result.rule), ""),
                        }
                    )
                    for result in results
                ]
            ),
            # Numbers, which Dagster plots over runs.
            **{result.rule: result.value for result in results if result.value is not None},
            "failing": {result.rule: json.loads(result.failing) for result in broken},
        },
    )
