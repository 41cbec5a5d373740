from types import SimpleNamespace

from paperhouse.orchestration.table_costs import CostMeter, read_costs


def event(name: str, table: str) -> SimpleNamespace:
    node = SimpleNamespace(node_name=table)
    return SimpleNamespace(info=SimpleNamespace(name=name), data=SimpleNamespace(node_info=node))


def test_costs_are_taken_from_start_to_end_and_read_again(tmp_path):
    meter = CostMeter()
    meter.listen(event("NodeFinished", "never begun"))
    meter.listen(event("NodeStart", "papers"))
    sum(range(10**6))
    meter.listen(event("NodeFinished", "papers"))
    assert meter.tables.keys() == {"papers"}
    assert 0 < meter.tables["papers"].cpu_seconds <= meter.tables["papers"].seconds + 0.1
    meter.write(tmp_path / "costs.json")
    assert read_costs(tmp_path / "costs.json") == meter.tables


def test_without_a_build_there_are_none(tmp_path):
    assert read_costs(tmp_path / "costs.json") == {}
