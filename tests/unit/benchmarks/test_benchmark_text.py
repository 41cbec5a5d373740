from benchmarks.text import TextRun, format_text_runs


def test_every_run_is_compared_with_the_first_one():
    runs = [TextRun("YAKE", 100, 2.0, 4.0, 1_500), TextRun("phrases alone", 10_000, 1.0, 2.0, 300_000, 500_000_000)]
    table = format_text_runs(runs)
    yake, ours = table.splitlines()[2:]
    assert yake.split()[:5] == ["YAKE", "100", "2.00", "s", "50"]
    assert yake.split()[5:7] == ["40,000", "µs"]
    assert yake.endswith("1.00x")
    assert ours.split()[-6:] == ["µs", "30.0", "500", "MB", "200.0x", "200.0x"]
