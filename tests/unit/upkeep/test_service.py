"""Units of systemd and files for containers: what systemd says of them, and what they may write."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
import yaml

from paperhouse.upkeep.service import ServiceError, judge_units, write_container_files, write_units
from paperhouse.warehouse.folder import Warehouse

DAILY = "*-*-* 06:00:00 UTC"


def read(unit: Path) -> list[tuple[str, str]]:
    lines = [line for line in unit.read_text().splitlines() if "=" in line and not line.startswith("#")]
    return [tuple(line.split("=", 1)) for line in lines]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("is_user", [True, False])
@pytest.mark.parametrize("name", ["house", "my papers, 100 % of $them; 'all'"])
def test_systemd_takes_the_units(tmp_path, is_user, name):
    (tmp_path / name).mkdir()
    units = write_units(Warehouse(tmp_path / name), tmp_path / "units", is_user, DAILY, 3000)
    assert [unit.name for unit in units] == [
        "paperhouse-webserver.service",
        "paperhouse-daemon.service",
        "paperhouse-build.service",
        "paperhouse-build.timer",
    ]
    assert judge_units(units, is_user) == "systemd-analyze verify: nothing to say against them."


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize(("old", "new"), [("[Service]", "[Service]\nNonsense=1"), ("ExecStart=/", "ExecStart=/none/")])
def test_what_systemd_does_not_take_is_said(tmp_path, old, new):
    units = write_units(Warehouse(tmp_path / "house"), tmp_path / "units", True, DAILY, 3000)
    units[0].write_text(units[0].read_text().replace(old, new))
    with pytest.raises(ServiceError, match=r"does not take them: .*paperhouse-webserver\.service"):
        judge_units(units, True)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_a_time_that_is_none_is_said(tmp_path):
    units = write_units(Warehouse(tmp_path / "house"), tmp_path / "units", True, "banana", 3000)
    with pytest.raises(ServiceError, match=r"paperhouse-build\.timer"):
        judge_units(units, True)


@pytest.mark.parametrize("is_user", [True, False])
def test_one_folder_can_be_written_and_nothing_listens_beyond_this_machine(tmp_path, is_user):
    house = Warehouse(tmp_path / "house")
    for unit in write_units(house, tmp_path / "units", is_user, DAILY, 3456)[:3]:
        settings = read(unit)
        assert [value for key, value in settings if key == "ReadWritePaths"] == [str(house.folder)]
        assert ("ProtectSystem", "strict") in settings
        assert ("ProtectHome", "read-only") in settings
        assert ("NoNewPrivileges", "yes") in settings
        # Its own /tmp would hide a warehouse that lies there, as these do.
        assert ("PrivateTmp", "no" if house.folder.is_relative_to(tempfile.gettempdir()) else "yes") in settings
        told = f"PAPERHOUSE_WAREHOUSE={house.folder} PAPERHOUSE_PAGES=http://127.0.0.1:3457"
        assert ("Environment", told) in settings
        assert any(key == "User" for key, _ in settings) is not is_user
        [command] = [value for key, value in settings if key == "ExecStart"]
        assert command.startswith(f"{sys.executable} -P -m paperhouse.upkeep.begin ")
        assert "0.0.0.0" not in command
    assert "-h 127.0.0.1 -p 3456" in (tmp_path / "units" / "paperhouse-webserver.service").read_text()


def test_a_folder_that_no_unit_can_name_is_refused(tmp_path):
    with pytest.raises(ServiceError, match="plainer path"):
        write_units(Warehouse(tmp_path / "new\nline"), tmp_path / "units", True, DAILY, 3000)
    assert not (tmp_path / "units").exists()


def test_containers_have_the_two_processes_and_one_volume(tmp_path):
    container, compose = write_container_files(tmp_path / "pod", 3456)
    told = yaml.safe_load(compose.read_text())
    assert list(told["services"]) == ["webserver", "daemon"]
    assert list(told["volumes"]) == ["warehouse"]
    for service in told["services"].values():
        assert service["volumes"] == ["warehouse:/warehouse"]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["environment"] == {"PAPERHOUSE_PAGES": "http://127.0.0.1:3457"}
    assert told["services"]["webserver"]["ports"] == ["127.0.0.1:3456:3000", "127.0.0.1:3457:3457"]
    lines = container.read_text().splitlines()
    assert f"FROM python:{sys.version_info.major}.{sys.version_info.minor}-slim" in lines
    assert "USER 1000:1000" in lines


def test_what_units_begin_with_makes_the_warehouse_once_and_becomes_the_program(tmp_path):
    command = [sys.executable, "-P", "-m", "paperhouse.upkeep.begin", "python", "-c"]
    code = "import os; print(os.environ['DAGSTER_HOME'], os.environ['DO_NOT_TRACK'])"
    environment = {"PAPERHOUSE_WAREHOUSE": str(tmp_path / "house"), "PATH": ""}
    # Both at once, as webserver and daemon are started: each making Dagster's files left runs.db of two versions.
    begun = [subprocess.Popen([*command, code], env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    home = tmp_path / "house" / ".dagster"
    assert [process.communicate(timeout=120)[0].split() for process in begun] == [[str(home), "1"]] * 2
    assert (home / "dagster.yaml").exists()
    files = sorted(home.rglob("*.db"))
    assert [path.name for path in files] == ["index.db", "runs.db", "schedules.db"]
    for path in files:
        with closing(sqlite3.connect(path)) as connection:
            assert len(connection.execute("select * from alembic_version").fetchall()) == 1, path
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    environment["PAPERHOUSE_WAREHOUSE"] = str(tmp_path / "other")
    refused = subprocess.run([*command, code], env=environment, capture_output=True, text=True, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is no warehouse" in refused.stderr
