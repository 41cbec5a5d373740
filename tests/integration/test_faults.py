"""Every command in broken surroundings: a sentence and an exit code, no traceback. Commands are found, not listed."""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from paperhouse.commands.app import app
from paperhouse.commands.door import answer
from paperhouse.orchestration.storage import is_short_of_memory, say_full, say_short_of_memory
from paperhouse.warehouse.folder import Warehouse

EXECUTABLE = Path(sys.executable).with_name("paperhouse")
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]
#: What is not let run to its end here, because builds and copies are other tests': it is given nothing to work with.
GIVEN = {
    "build": ["{folder}/nothing"],
    "sample": ["{folder}/file/sample"],
    "verify": ["--files-only"],
    "tidy": ["--dry-run"],
    "backup": ["{folder}/file/copy"],
    "publish": ["{folder}/file/copy"],
    "restore": ["{folder}/copy"],
    "service": ["{folder}/units", "--container"],
    "docs": ["--no-serve"],
}


def arguments_of(name: str, folder: Path) -> list[str]:
    """A command with something for each argument that it needs, its answers given, on the warehouse of a folder."""
    command = COMMANDS[name]
    needed = [str(folder / "file") if "file" in p.name else "x" for p in command.params if p.required]
    given = [part.format(folder=folder) for part in GIVEN.get(name, needed)]
    options = {option for parameter in command.params for option in parameter.opts}
    return [
        name,
        *given,
        *(["--yes"] if "--yes" in options else []),
        *(["-w", str(folder / "w")] if "-w" in options else []),
    ]


def noise(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(random.Random(5).randbytes(30_000))


def damage_pages(path: Path) -> None:
    """The head of the file stays, so that it opens, and everything after is of another file."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:12_288] + random.Random(5).randbytes(len(content) - 12_288))


def replace_by_folder(path: Path) -> None:
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    path.mkdir(parents=True)


def replace_by_file(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    path.write_text("mine")


def replace_by_pipe(path: Path) -> None:
    """What has the file's name never ends, and nobody writes into it."""
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)


def manifest(house: Warehouse) -> Path:
    return house.latest_release.resolve() / "manifest.json"


def loop(house: Warehouse) -> None:
    house.latest_release.unlink()
    house.latest_release.symlink_to("latest")


SURROUNDINGS = {
    "nothing is wrong": lambda house: None,
    "the warehouse is a file": lambda house: replace_by_file(house.folder),
    "the warehouse is empty": lambda house: (shutil.rmtree(house.folder), house.folder.mkdir()),
    "the manifest is gone": lambda house: manifest(house).unlink(),
    "the manifest is noise": lambda house: noise(manifest(house)),
    "the manifest is another list": lambda house: (manifest(house).unlink(), manifest(house).write_text("[1]")),
    "the manifest is a folder": lambda house: replace_by_folder(manifest(house)),
    "the manifest is a pipe": lambda house: replace_by_pipe(manifest(house)),
    "the own database is a pipe": lambda house: replace_by_pipe(house.database),
    "the published database is a pipe": lambda house: replace_by_pipe(house.published_database.resolve()),
    "subscriptions are a pipe": lambda house: replace_by_pipe(house.subscriptions),
    "the last build is a pipe": lambda house: replace_by_pipe(house.last_build),
    "the lock is a pipe": lambda house: replace_by_pipe(house.lock_file),
    "settings are a pipe": lambda house: replace_by_pipe(house.settings_file),
    "the format is a pipe": lambda house: replace_by_pipe(house.folder / ".format"),
    "overrides are a pipe": lambda house: replace_by_pipe(house.overrides / "keywords.csv"),
    "Dagster's settings are a pipe": lambda house: replace_by_pipe(house.dagster_home / "dagster.yaml"),
    "latest leads to itself": loop,
    "the releases are a file": lambda house: replace_by_file(house.releases),
    "the own database is noise": lambda house: noise(house.database),
    "the own database is damaged inside": lambda house: damage_pages(house.database),
    "the own database is empty": lambda house: house.database.write_bytes(b""),
    "the own database is a folder": lambda house: replace_by_folder(house.database),
    "the published database is noise": lambda house: noise(house.published_database.resolve()),
    "the published database is damaged inside": lambda house: damage_pages(house.published_database.resolve()),
    "the published database is gone": lambda house: house.published_database.resolve().unlink(),
    "subscriptions are noise": lambda house: noise(house.subscriptions),
    "subscriptions are a folder": lambda house: replace_by_folder(house.subscriptions),
    "the last build is noise": lambda house: noise(house.last_build),
    "the lock is noise": lambda house: noise(house.lock_file),
    "the lock is a folder": lambda house: replace_by_folder(house.lock_file),
    "settings are noise": lambda house: noise(house.settings_file),
    "the format is noise": lambda house: noise(house.folder / ".format"),
    "overrides are a file": lambda house: replace_by_file(house.overrides),
    "digests are a file": lambda house: replace_by_file(house.digests),
    "Dagster's folder is a file": lambda house: replace_by_file(house.dagster_home),
    "Dagster's settings are noise": lambda house: noise(house.dagster_home / "dagster.yaml"),
}
ENVIRONMENTS = {
    "PAPERHOUSE_MEMORY_LIMIT": "banana",
    "PAPERHOUSE_REJECT_BUDGET": "banana",
    "PAPERHOUSE_KEYWORDS": "banana",
    "PAPERHOUSE_FOLLOW_LINKS": "banana",
    "PAPERHOUSE_KEEP_RELEASES": "banana",
    "PAPERHOUSE_ALERT_MAIL": "banana",
    "PAPERHOUSE_ALERT_URL": "banana",
    "PAPERHOUSE_WAREHOUSE": "/dev/null/x",
    "TMPDIR": "/dev/null",
    "COLUMNS": "banana",
}
#: Of these, what is tried with every command: libraries look for it in their own ways, or an option hides it.
EVERYWHERE = {"TMPDIR", "COLUMNS", "PAPERHOUSE_WAREHOUSE"}


def furnish(folder: Path, built, patched: pytest.MonkeyPatch) -> Path:
    """Put a copy of the built warehouse as `w` and a file into a folder; nothing in it starts a browser or a server."""
    shutil.copytree(built.warehouse.folder, folder / "w", symlinks=True)
    (folder / "file").write_text("mine")
    patched.setattr("webbrowser.open", lambda url: True)
    patched.setattr("os.execv", lambda path, arguments: None)
    for name in ("PAPERHOUSE_WAREHOUSE", "DAGSTER_HOME"):
        patched.delenv(name, raising=False)
    return folder


@pytest.fixture
def folder(built, tmp_path, monkeypatch):
    """A furnished folder."""
    return furnish(tmp_path, built, monkeypatch)


def check(name: str, folder: Path, capfd, is_named: bool = True) -> None:
    arguments = arguments_of(name, folder)
    code = answer(arguments if is_named else [part for part in arguments if part not in ("-w", str(folder / "w"))])
    said = "".join(capfd.readouterr())
    assert "Traceback" not in said
    assert "not foreseen" not in said, (name, said)
    assert code in (0, 1, 2)
    assert code == 0 or said.strip(), name


@pytest.mark.deep
@pytest.mark.parametrize("surrounding", SURROUNDINGS)
def test_no_command_shows_a_traceback(folder, surrounding, capfd):
    SURROUNDINGS[surrounding](Warehouse(folder / "w"))
    for name in COMMANDS:
        check(name, folder, capfd)


@pytest.fixture(scope="module")
def asked(built, tmp_path_factory):
    """Command -> the variables of ENVIRONMENTS that it asks for."""
    found: dict[str, set[str]] = {}
    read = type(os.environ).__getitem__
    with pytest.MonkeyPatch.context() as patched:
        folder = furnish(tmp_path_factory.mktemp("asked"), built, patched)
        for name in COMMANDS:
            noted = found.setdefault(name, set())
            patched.setattr(
                type(os.environ), "__getitem__", lambda self, key, to=noted: (to.add(key), read(self, key))[1]
            )
            answer(arguments_of(name, folder))
    return found


@pytest.mark.deep
@pytest.mark.parametrize("variable", ENVIRONMENTS)
def test_no_variable_that_says_nonsense_shows_a_traceback(folder, asked, variable, capfd, monkeypatch):
    monkeypatch.setenv(variable, ENVIRONMENTS[variable])
    readers = [name for name in COMMANDS if variable in asked[name] or variable in EVERYWHERE]
    assert readers, "nothing asks for it any more"
    for name in readers:
        check(name, folder, capfd, is_named=variable != "PAPERHOUSE_WAREHOUSE")


#: What neither reads nor writes a warehouse that is there, or says so in its own words.
ELSEWHERE = {"sample", "doctor", "restore"}


def test_every_command_refuses_a_newer_warehouse_in_the_same_sentence_and_changes_nothing(folder, capfd):
    (folder / "w" / ".format").write_text("99\n")
    before = look(folder / "w")
    for name in sorted(COMMANDS.keys() - ELSEWHERE):
        code = answer(arguments_of(name, folder))
        said = "".join(capfd.readouterr())
        assert (code, name) == (1, name), said
        assert said.startswith("Error: A newer version of Paperhouse made this warehouse (format 99;"), (name, said)
        assert len(said.strip().splitlines()) == 1, (name, said)
    assert answer(arguments_of("doctor", folder)) == 1
    assert "A newer version of Paperhouse made this warehouse (format 99;" in capfd.readouterr().out
    assert look(folder / "w") == before


def look(folder: Path) -> dict[Path, int]:
    """When each file was changed; what SQLite keeps beside a file that it reads is nobody's."""
    return {path: path.lstat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and "-" not in path.suffix}


#: Commands that only ask: they make nothing. The others make a warehouse, or what they are told to write.
MAKING = {"build", "sample", "ui", "restore", "service", "sources"}


def test_commands_that_only_ask_make_no_folder(folder, capfd, monkeypatch):
    (folder / "empty").mkdir()
    monkeypatch.chdir(folder / "empty")
    for name in sorted(COMMANDS.keys() - MAKING):
        given = [part for part in arguments_of(name, folder) if part not in ("-w", str(folder / "w"))]
        assert answer(given) == 1, name
        assert "".join(capfd.readouterr()).strip()
        assert list((folder / "empty").iterdir()) == [], name
    assert answer(["sources"]) == 0
    assert list((folder / "empty").iterdir()) == []


def test_a_folder_of_somebody_else_is_not_written_into(folder, built, capfd, monkeypatch):
    (folder / "project" / "warehouse").mkdir(parents=True)
    (folder / "project" / "warehouse" / "stock.csv").write_text("mine")
    monkeypatch.chdir(folder / "project")
    for arguments in (["build", str(built.dumps)], ["ui"], ["subscribe", "a@example.org"], ["sources", "--init"]):
        assert answer(arguments) == 1
        said = capfd.readouterr().err
        assert "is no warehouse, and not empty (stock.csv): nothing was written there" in said.replace("\n", " ")
    assert [path.name for path in (folder / "project" / "warehouse").iterdir()] == ["stock.csv"]


def test_the_option_comes_before_the_variable_and_the_variable_before_the_folder(folder, capfd, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PAPERHOUSE_WAREHOUSE", str(folder / "w"))
    assert answer(["status"]) == 0
    assert answer(["status", "-w", str(folder / "none")]) == 1
    monkeypatch.delenv("PAPERHOUSE_WAREHOUSE")
    assert answer(["status"]) == 1
    (folder / "w").rename(folder / "warehouse")
    assert answer(["status"]) == 0


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_options(shell):
    environment = {**os.environ, "_PAPERHOUSE_COMPLETE": f"complete_{shell}", "COMP_WORDS": "paperhouse do"}
    environment |= {
        "COMP_CWORD": "1",
        "_TYPER_COMPLETE_ARGS": "paperhouse do",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }
    done = subprocess.run([EXECUTABLE], env=environment, capture_output=True, text=True, timeout=60)
    assert "doctor" in done.stdout, done.stderr


def test_a_disk_with_room_is_not_called_full(folder):
    said = say_full(Warehouse(folder / "w"))
    assert "is full" not in said
    assert "ulimit -f" in said


def test_too_little_memory_is_said_with_the_variable_and_the_step(monkeypatch):
    problem = "keyword_pairs: Runtime Error\n  Out of Memory Error: 95 MiB used\n\nPossible solutions:\n* SET threads"
    assert is_short_of_memory(problem)
    monkeypatch.setenv("PAPERHOUSE_MEMORY_LIMIT", "100MB")
    said = say_short_of_memory(problem)
    assert "PAPERHOUSE_MEMORY_LIMIT is 100MB. Raise it" in said
    assert said.endswith("95 MiB used")
    monkeypatch.delenv("PAPERHOUSE_MEMORY_LIMIT")
    assert "PAPERHOUSE_MEMORY_LIMIT=8GB" in say_short_of_memory(problem)
    assert not is_short_of_memory("No space left on device")


def test_an_error_that_nobody_foresaw_is_a_sentence_and_a_file_with_the_details(folder, capfd, monkeypatch):
    monkeypatch.setattr("paperhouse.commands.summary.print_status", lambda *_: 1 / 0)
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    assert answer(["status", "-w", str(folder / "w")]) == 1
    said = capfd.readouterr().err
    [details] = folder.glob("paperhouse-error-*.txt")
    assert "ZeroDivisionError" in said
    assert str(details) in said.replace("\n", "")
    assert "Traceback" in details.read_text()
    assert details.stat().st_mode & 0o077 == 0


def run(folder: Path, *arguments: str, **how) -> subprocess.CompletedProcess:
    return subprocess.run([EXECUTABLE, *arguments, "-w", folder / "w"], stderr=subprocess.PIPE, timeout=120, **how)


@pytest.mark.parametrize(
    ("megabytes", "needed"), [(300, "2,000"), (1_000, "2,000"), (2_000, "80 GB"), (4_000, "80 GB")]
)
def test_a_build_with_too_few_addresses_ends_in_one_sentence_before_it_begins(built, folder, megabytes, needed):
    limit = (megabytes * 10**6,) * 2
    done = run(
        folder, "build", str(built.dumps), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limit), text=True
    )
    assert done.returncode == 1
    [sentence] = [line for line in done.stderr.splitlines() if line]
    assert sentence.startswith("Error: The addresses of a process are limited to ")
    assert needed in sentence


@pytest.mark.parametrize("arguments", [["status"], ["sql", "-f", "csv", "from marts.papers"], ["rejects", "--csv"]])
def test_output_that_finds_no_room_is_said_so(folder, arguments):
    with open("/dev/full", "w") as full:
        done = run(folder, *arguments, stdout=full)
    assert done.returncode == 1
    assert b"The output cannot be written: No space left on device." in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("encoding", ["latin-1", "ascii:strict"])
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_output_that_an_encoding_lacks_is_replaced(folder, encoding, form):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = run(folder, "sql", "-f", form, "select 'β ● 中 –' as x", stdout=subprocess.PIPE, env=environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"? ? ? ?" in done.stdout


def test_a_reader_that_has_had_enough_is_no_error(folder):
    command = [EXECUTABLE, "sql", "-f", "csv", "from range(3000000)", "-w", folder / "w"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"range"
        process.stdout.close()
        assert process.stderr.read() == b""


def test_closed_output_is_nobodys_and_no_database_takes_its_place(folder):
    done = subprocess.run(["sh", "-c", f"{EXECUTABLE} rejects --csv -w {folder}/w >&-"], stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("damaged", ["dagster.yaml", "history/runs.db", "history/runs/index.db"])
def test_a_build_says_which_of_dagsters_files_it_cannot_read(built, folder, damaged, capfd):
    house = Warehouse(folder / "w")
    noise(house.dagster_home / damaged)
    new = folder / "new.json"  # with nothing new a build has no need of them
    new.write_text(next(built.dumps.rglob("*.json")).read_text() + "\n")
    assert answer(["build", str(new), "-w", str(house.folder)]) == 1
    said = capfd.readouterr().err
    assert "Dagster's settings or run history" in said
    assert "not foreseen" not in said
