from benchmarks.measure import Usage
from benchmarks.upkeep import Year, format_year, project

YEAR = Year(
    sizes=[
        {"inbox": 90, "releases": 10, "run history": 2_000_000, "check pages": 100, "digests": 0},
        {"inbox": 95, "releases": 20, "run history": 4_000_000, "check pages": 200, "digests": 0},
        {"inbox": 100, "releases": 30, "run history": 6_000_000, "check pages": 300, "digests": 0},
    ],
    usages=[Usage(1.0, 50.0, 0), Usage(1.0, 60.0, 0)],
    papers=18_250,
    release_bytes=12,
)


def test_a_year_is_what_the_rules_keep_of_it():
    assert project(YEAR) == {
        "inbox": 100,
        "releases": 60,
        "run history": 200_000_000,
        "check pages": 2_000,
        "digests": 0,
    }


def test_a_year_is_printed_by_part():
    lines = format_year(YEAR).splitlines()
    assert lines[0].startswith("18,250 papers, 2 daily builds")
    assert "60.0 s of CPU" in lines[0]
    assert ["run", "history", "6.00", "2.00", "200.00"] in [line.split() for line in lines]
    assert not any(line.startswith("digests") for line in lines)
