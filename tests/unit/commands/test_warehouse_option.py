"""Which warehouse a command means, wherever the option stands."""

from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.warehouse.settings import WAREHOUSE_VARIABLE


def test_the_warehouse_may_be_named_before_and_behind_the_command(tmp_path, monkeypatch):
    monkeypatch.setenv(WAREHOUSE_VARIABLE, str(tmp_path / "of the environment"))
    before, behind = tmp_path / "before", tmp_path / "behind"
    for arguments, meant in (
        (["-w", str(before), "status"], before),
        (["status", "-w", str(behind)], behind),
        (["-w", str(before), "status", "-w", str(behind)], behind),
    ):
        answer = CliRunner().invoke(app, arguments)
        assert answer.exit_code == 1
        assert f"There is no folder {meant}." in answer.output.replace("\n", ""), arguments
