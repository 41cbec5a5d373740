"""Stage times and reports."""

from paperhouse.showing import progress


def test_a_listener_hears_every_stage_and_advance():
    heard = []
    with progress.listen(lambda *report: heard.append(report)):
        with progress.stage("parse", total=3) as advance:
            advance(1)
            advance(2)
        with progress.stage("dbt"):
            pass
    assert heard == [("parse", 0, 3), ("parse", 1, 3), ("parse", 3, 3), ("dbt", 0, None)]
    assert list(progress.stage_seconds) == ["parse", "dbt"]
    assert all(seconds >= 0 for seconds in progress.stage_seconds.values())


def test_a_new_build_starts_from_nothing():
    with progress.listen(lambda *report: None):
        progress.counts["new dumps"] = 3
        with progress.stage("parse"):
            pass
    with progress.listen(lambda *report: None):
        assert progress.stage_seconds == {}
        assert progress.counts == {}


def test_nobody_listening_costs_nothing():
    with progress.stage("parse") as advance:
        advance(1)
    assert "parse" in progress.stage_seconds
