"""Commands that write, killed and stopped at random moments and at every step: is anything half done, or lost?

Each attempt begins with a copy of one warehouse of a hundred invented papers (`benchmarks.written`) and ends one
command with SIGKILL or SIGTERM: before each change of a name in the folder once (a step: files and folders renamed,
linked, removed, made), else at a moment drawn from the time it takes; its process alone, as `kill` does, or with its
children, as a power cut does. Then readers' files must be whole, what the command writes must be as before it or as
after it, nothing may have outlived it, and the command given once more must leave what it leaves undisturbed. Builds
are dear: they go on from each other, each with a dump more, and the bytes of the last are compared with those of a
build nobody disturbed.

What is done is kept in `data/kills`, and the same seed goes on from there.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from benchmarks import forks, written
from benchmarks.corpora import DATA
from benchmarks.measure import ROOT
from benchmarks.small_disk import SmallDisk, small_disk
from benchmarks.tables import format_table
from benchmarks.written import COMMANDS, Command
from paperhouse.release.history import find_damage, find_release
from paperhouse.warehouse.folder import LATEST, Warehouse

#: One attempt in so many is a build.
_BUILD_EVERY = 16
#: One attempt in so many is not forked, but the executable as people start it.
_PLAIN_EVERY = 10
#: Bytes beyond which no file can grow, where there is no room.
SIZES = (0, 1_000, 5_000, 100_000, 1_000_000)
#: Bytes that are free on a disk that fills (None: it cannot be written at all), and those for builds, which need more.
ROOMS, BUILD_ROOMS = (None, 0, 8_192, 65_536, 1_000_000), (None, 0, 1_000_000, 8_000_000, 24_000_000, 40_000_000)
#: Seconds a stopped command may take to end on a busy machine, and a child to follow it.
_PATIENCE = 30.0


@dataclass(frozen=True)
class Attempt:
    """One command that was to be ended: where, by which signal, how it ended, after how long, and what is wrong."""

    number: int
    command: str
    signal: str
    where: str
    code: int | None
    seconds: float
    problems: list[str]

    @property
    def is_ended(self) -> bool:
        """Whether the signal came before the command's own end."""
        return self.code in (-signal.SIGKILL, 128 + signal.SIGTERM)


def run_kills(count: int, seed: int, say: Callable[[str], None], data: Path = DATA) -> list[Attempt]:
    """Make so many attempts, those of earlier runs with this seed among them; returns all.

    What was wrong in an earlier run is tried again: perhaps it is mended.
    """
    folder = data / "kills" / f"seed-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "attempts.jsonl"
    lines = record.read_text().splitlines() if record.exists() else []
    kept = [Attempt(**json.loads(line)) for line in lines]
    done = {attempt.number: attempt for attempt in kept}
    say(f"seed {seed}: {len(done)} attempts are kept in {record}")
    base = written.make_base(folder, say)
    killer = _Killer(folder, base, say)
    killer.learn()
    plans = list(_plan(killer.steps, count, seed))
    with record.open("a") as file:
        for number in range(count):
            if number in done and not done[number].problems:
                continue
            attempt = killer.attempt(number, *plans[number])
            file.write(json.dumps(asdict(attempt)) + "\n")
            file.flush()
            done[number] = attempt
            outcome = "; ".join(attempt.problems) or "whole"
            say(f"{number + 1}: {attempt.command}, {attempt.signal} {attempt.where}, code {attempt.code}: {outcome}")
    say("building the same dumps undisturbed")
    attempts = [done[number] for number in range(count)]
    if differing := killer.compare_builds():
        attempts.append(Attempt(count, "build", "-", "the last build", 0, 0, [f"other bytes: {', '.join(differing)}"]))
    return attempts


def run_full(seed: int, say: Callable[[str], None], data: Path = DATA) -> list[Attempt]:
    """Every command but builds where no file can grow beyond a size, as where a disk or a quota is full: for each of
    SIZES one attempt."""
    folder = data / "kills" / f"full-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    killer = _Killer(folder, written.make_base(folder, say), say)
    quick = {name: command for name, command in COMMANDS.items() if not command.is_dear}
    killer.learn(quick)
    done: list[Attempt] = []
    for name, size in itertools.product(quick, SIZES):
        attempt = killer.fill(len(done), name, size)
        done.append(attempt)
        say(f"{name}, {attempt.where}, code {attempt.code}: {'; '.join(attempt.problems) or 'whole'}")
    return done


def run_small_disk(seed: int, say: Callable[[str], None], data: Path = DATA) -> list[Attempt]:
    """Every command on a disk of its own with little room, for each of ROOMS one attempt, of builds BUILD_ROOMS; then
    with room again. Raises PermissionError where nobody may mount a disk."""
    folder = data / "kills" / f"disk-{seed}"
    folder.mkdir(parents=True, exist_ok=True)
    killer = _Killer(folder, written.make_base(folder, say), say)
    shutil.rmtree(killer.builds, ignore_errors=True)
    killer.learn()
    undisturbed = written.list_parquet(Warehouse(killer.builds / "w"))
    done: list[Attempt] = []
    for name, command in COMMANDS.items():
        for room in BUILD_ROOMS if command.is_dear else ROOMS:
            shutil.rmtree(killer.place, ignore_errors=True)
            with small_disk(killer.place) as disk:
                attempt = killer.fill_disk(len(done), name, room, disk)
                if command.is_dear and written.list_parquet(Warehouse(killer.place / "w")) != undisturbed:
                    attempt.problems.append("with room again it gave other bytes")
            done.append(attempt)
            say(f"{name}, {attempt.where}, code {attempt.code}: {'; '.join(attempt.problems) or 'whole'}")
    return done


def format_kills(attempts: list[Attempt], seed: int) -> str:
    """A line per command and signal, then what is wrong."""
    kinds: Counter[tuple[str, str]] = Counter((attempt.command, attempt.signal) for attempt in attempts)
    rows = []
    for (command, name), count in sorted(kinds.items()):
        of_kind = [attempt for attempt in attempts if (attempt.command, attempt.signal) == (command, name)]
        ended = [attempt for attempt in of_kind if attempt.is_ended]
        slowest = max((attempt.seconds for attempt in ended), default=0.0)
        odd = sum(bool(attempt.problems) for attempt in of_kind)
        rows.append([command, name, str(count), str(len(ended)), f"{slowest:.1f} s", str(odd)])
    table = format_table(["command", "signal", "attempts", "ended by it", "slowest end", "with problems"], rows)
    told = [
        f"{attempt.number + 1} {attempt.command} {attempt.signal} {attempt.where}: {problem}"
        for attempt in attempts
        for problem in attempt.problems
    ]
    ended_count = sum(attempt.is_ended for attempt in attempts)
    return "\n".join(
        [table, *told, f"seed {seed}: {ended_count} ended by a signal of {len(attempts)}, {len(told)} problems"]
    )


def _plan(steps: dict[str, int], count: int, seed: int) -> Iterator[tuple[str, signal.Signals, int | None, float]]:
    """For each attempt: command, signal, step (None: a moment), share of the command's time. Each step comes once."""
    chance = random.Random(seed)
    every = [
        (name, number, step)
        for name, command in COMMANDS.items()
        for step in range(steps[name])
        for number in (signal.SIGKILL, signal.SIGTERM)
        if not command.is_dear
    ]
    chance.shuffle(every)
    quick = [name for name, command in COMMANDS.items() if not command.is_dear]
    for attempt in range(count):
        number = chance.choice([signal.SIGKILL, signal.SIGTERM])
        share = chance.random()
        if attempt % _BUILD_EVERY == _BUILD_EVERY - 1:
            at_step = chance.randrange(steps["build"]) if chance.random() < 0.5 else None
            yield "build", number, at_step, share
        elif every and attempt % 2:
            name, number, step = every.pop()
            yield name, number, step, share
        else:
            yield chance.choice(quick), number, None, share


class _Killer:
    """Makes attempts; knows what each command leaves undisturbed, how long it takes, and how many steps."""

    def __init__(self, folder: Path, base: Path, say: Callable[[str], None]) -> None:
        self.folder, self.base, self.say = folder, base, say
        self.steps: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self.before: dict[str, object] = {}
        self.after: dict[str, object] = {}
        self.log = folder / "said.log"
        self.builds = folder / "builds"
        self.place = folder / "copy"

    def learn(self, commands: Mapping[str, Command] = COMMANDS) -> None:
        """Run each command undisturbed, once: what it leaves, its seconds and steps."""
        self.forked(["--version"]).join()  # the process that others are forked from has to be up
        for name, command in commands.items():
            self.say(f"{name}, undisturbed")
            house = self.copy(name, command)
            self.before[name] = command.state(house)
            told = self.folder / "steps"
            start = time.monotonic()
            process = self.forked(command.arguments(house), steps=told)
            process.join()
            self.seconds[name] = time.monotonic() - start
            if process.exitcode != 0:
                raise subprocess.CalledProcessError(process.exitcode or 1, f"paperhouse {name}")
            self.steps[name], self.after[name] = told.stat().st_size, command.state(house)
            if name == "build" and not self.builds.exists():
                shutil.copytree(house.folder.parent, self.builds, symlinks=True)

    def copy(self, name: str, command: Command) -> Warehouse:
        """A copy of the warehouse that all begin with, as this command wants it."""
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.base, self.place, symlinks=True, dirs_exist_ok=True)
        house = Warehouse(self.place / "w")
        command.prepare(house)
        for arguments in command.first(house):
            process = self.forked(arguments)
            process.join()
            if process.exitcode != 0:
                raise subprocess.CalledProcessError(process.exitcode or 1, f"before {name}: {arguments}")
        return house

    def forked(self, arguments: list[str], **how: object) -> BaseProcess:
        """Start a command in a fork."""
        return forks.start(arguments, self.log, **how)  # type: ignore[arg-type]

    def attempt(self, number: int, name: str, sent: signal.Signals, step: int | None, share: float) -> Attempt:
        """End one command, and look at what it has left."""
        command = COMMANDS[name]
        is_build = name == "build"
        house = Warehouse(self.builds / "w") if is_build else self.copy(name, command)
        if is_build:
            written.offer_one_more(house)
        arguments, moment = command.arguments(house), share * self.seconds[name]
        is_alone = number % 4 < 2
        where = (
            f"before step {step}" if step is not None else f"at {moment:.2f} s{'' if is_alone else ' with children'}"
        )
        said_before = self.log.stat().st_size
        if step is not None:
            process = self.forked(arguments, stop=(int(sent), step))
            start = time.monotonic()
            process.join()
            code, group = process.exitcode, process.pid
        elif number % _PLAIN_EVERY == 0 and not is_build:
            where += " of the executable"
            code, group, start = self.end_plain(arguments, sent, moment * 2, is_alone)
        else:
            process = self.forked(arguments)
            process.join(moment)
            start = time.monotonic()
            if process.is_alive():
                send(process.pid, sent, is_alone)
            process.join(_PATIENCE)
            code, group = process.exitcode, process.pid
        seconds = time.monotonic() - start if step is None else 0.0
        problems = self.judge(name, command, house, code, sent, said_before)
        problems += [] if wait_for_end(group) else ["a child outlived it"]
        return Attempt(number, name, sent.name, where, code, round(seconds, 2), problems)

    def fill(self, number: int, name: str, size: int) -> Attempt:
        """Give one command no room, and look at what it has left."""
        command, said_before = COMMANDS[name], self.log.stat().st_size if self.log.exists() else 0
        house = self.copy(name, command)
        start = time.monotonic()
        process = self.forked(command.arguments(house), most_bytes=size)
        process.join()
        seconds, code = round(time.monotonic() - start, 2), process.exitcode
        problems = [] if code in (0, 1) else [f"it ended with code {code}"]
        problems += self.judge(name, command, house, 0, signal.SIGTERM, said_before)
        return Attempt(number, name, "no room", f"files of at most {size:,} bytes", code, seconds, problems)

    def fill_disk(self, number: int, name: str, room: int | None, disk: SmallDisk) -> Attempt:
        """Give one command a disk with little room or none, look at what it has left, and give it again with room."""
        command, said_before = COMMANDS[name], self.log.stat().st_size if self.log.exists() else 0
        house = self.copy(name, command)
        disk.forbid_writing() if room is None else disk.leave_room(room)
        start = time.monotonic()
        process = self.forked(command.arguments(house))
        process.join()
        seconds, code = round(time.monotonic() - start, 2), process.exitcode
        problems = [] if code in (0, 1) else [f"it ended with code {code}"]
        problems += look(house)
        disk.make_roomy()
        problems += self.judge(name, command, house, 0, signal.SIGTERM, said_before)
        if command.is_dear:
            again = self.forked(command.arguments(house))
            again.join()
            problems += [] if again.exitcode == 0 else [f"with room again it ended with code {again.exitcode}"]
        where = "read-only" if room is None else f"{room:,} bytes free"
        return Attempt(number, name, "full disk", where, code, seconds, problems)

    def end_plain(
        self, arguments: list[str], sent: signal.Signals, moment: float, is_alone: bool
    ) -> tuple[int | None, int, float]:
        """End the executable that people start, its imports included."""
        paperhouse = Path(sys.executable).with_name("paperhouse")
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [paperhouse, *arguments], cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        try:
            process.wait(moment)
            start = time.monotonic()
        except subprocess.TimeoutExpired:
            start = time.monotonic()
            send(process.pid, sent, is_alone)
            process.wait(_PATIENCE)
        return process.returncode, process.pid, start

    def judge(
        self, name: str, command: Command, house: Warehouse, code: int | None, sent: signal.Signals, said_before: int
    ) -> list[str]:
        """What is wrong after one command has ended: what readers see, what it has written, what it leaves next time.

        A build is given again by the next attempt.
        """
        problems = []
        if code not in (0, -signal.SIGKILL, 128 + signal.SIGTERM, -sent):
            problems.append(f"it ended with code {code}")
        said = self.log.read_bytes()[said_before:]
        if b"Traceback" in said or b"not foreseen" in said:
            problems.append("it showed a traceback")
        if code == 128 + signal.SIGTERM and said.count(b"Stopped by SIGTERM") != 1:
            problems.append("it was stopped and did not say so")
        problems += look(house)
        if name == "build":
            return problems
        left = command.state(house)
        before, whole = self.before[name], self.after[name]
        if command.is_gradual and isinstance(left, dict) and isinstance(whole, dict) and isinstance(before, dict):
            odd = [path for path, digest in left.items() if digest not in (before.get(path), whole.get(path))]
            problems += [f"{path} is half written" for path in odd]
        elif left not in (before, whole):
            problems.append("what it wrote is neither as before nor as after")
        command.tidy(house)
        again = self.forked(command.arguments(house))
        again.join()
        if again.exitcode not in (0, command.code_again):
            problems.append(f"given again it ended with code {again.exitcode}")
        if command.state(house) != self.after[name]:
            problems.append("given again it did not leave what it leaves undisturbed")
        return problems + look(house)

    def compare_builds(self) -> list[str]:
        """Complete the builds; the Parquet files whose bytes an undisturbed build of the same dumps does not give."""
        house, other = Warehouse(self.builds / "w"), Warehouse(self.folder / "undisturbed" / "w")
        shutil.rmtree(other.folder.parent, ignore_errors=True)
        other.folder.mkdir(parents=True)
        shutil.copytree(written.dumps_of(house), written.dumps_of(other))
        shutil.copytree(house.overrides, other.overrides)
        for one in (house, other):
            process = self.forked(["build", str(written.dumps_of(one)), "-w", str(one.folder)])
            process.join()
            if process.exitcode != 0:
                raise subprocess.CalledProcessError(process.exitcode or 1, "paperhouse build")
        digests = [written.list_parquet(one) for one in (house, other)]
        names = digests[0].keys() | digests[1].keys()
        return sorted(name for name in names if digests[0].get(name) != digests[1].get(name))


def send(process: int | None, number: signal.Signals, is_alone: bool) -> None:
    """A signal for a process, or for it and its children."""
    if process is not None:
        try:
            os.kill(process, number) if is_alone else os.killpg(process, number)
        except ProcessLookupError:
            return


def wait_for_end(group: int | None) -> bool:
    """Whether nothing of a process group is left, after waiting for a while."""
    give_up_at = time.monotonic() + _PATIENCE
    while time.monotonic() < give_up_at:
        try:
            os.killpg(group or 0, 0)
        except (ProcessLookupError, PermissionError):
            return True
        time.sleep(0.05)
    return False


def look(warehouse: Warehouse) -> list[str]:
    """What a reader would find wrong: files that are not what the manifest says, a database of another release."""
    kept = find_release(warehouse, LATEST)
    problems = find_damage(kept)
    if warehouse.published_database.resolve().parent != kept.folder.resolve():
        problems.append("the database is another release's")
    with warehouse.read() as connection:
        for file in kept.manifest["files"]:
            (rows,) = connection.execute(f"select count(*) from marts.{file['table']}").fetchall()[0]
            if rows != kept.manifest["tables"][file["table"]]["rows"]:
                problems.append(f"marts.{file['table']} has {rows} rows")
    for folder in warehouse.releases.iterdir():
        if not folder.name.startswith(".") and not (folder / "manifest.json").exists():
            problems.append(f"releases/{folder.name} has no manifest")
    return problems
