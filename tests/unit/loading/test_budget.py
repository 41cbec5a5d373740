"""Which dumps are held back, and what that leaves of them."""

import pytest

from paperhouse.loading.budget import DEFAULT_REJECT_BUDGET, BadBudgetError, choose_budget

STATUS = "select status, held_reason from raw.dumps order by byte_count"


@pytest.mark.parametrize(
    ("good", "bad", "status"),
    [
        (30, 0, "loaded"),
        (30, 30, "loaded"),  # exactly the budget
        (30, 31, "held"),
        (1, 10, "loaded"),  # ten refused lines say nothing about a layout
        (1, 11, "held"),
        (0, 12, "rejected"),  # no entry to hold
    ],
)
def test_a_dump_over_the_budget_is_held(house, rows_of, good, bad, status):
    house.write("table.jsonl", rows_of(good, bad))
    house.load()
    rows = house.ask(STATUS)
    assert [row[0] for row in rows] == [status], house.ask("select reason, detail from raw.rejects")
    assert (rows[0][1] is not None) == (status == "held")


def test_the_reason_says_how_far_over(house, rows_of):
    house.write("table.jsonl", rows_of(30, 90))
    house.load()
    assert house.ask(STATUS)[0][1] == (
        "75.0 % of its lines with content were refused (90 of 120); the budget is 50.0 %"
    )


def test_records_of_another_kind_are_no_misread_layout(house):
    rows = [f"Tool {number} for counting fronds,Ada Quill,2024,Software" for number in range(60)]
    papers = [f"Counting the fronds of {number} ferns,Bo Reed,2024,Article" for number in range(20)]
    house.write("library.csv", "\n".join(["title,authors,year,type", *rows, *papers, ""]))
    house.load()
    assert house.ask(STATUS) == [("loaded", None)]
    assert house.ask("select reason, count(*) from raw.rejects group by 1") == [("other_kind", 60)]


def test_another_budget_lets_it_through_and_holds_it_again(house, rows_of):
    house.write("table.jsonl", rows_of(30, 90))
    for budget, status in ((None, "held"), (0.8, "loaded"), (0.1, "held"), (1.0, "loaded"), (0.0, "held")):
        house.load(budget=budget)
        assert house.ask(STATUS)[0][0] == status, budget


def test_texts_of_a_dump_held_later_are_forgotten(house, rows_of, api_day):
    """Document frequencies are sums over batches: the text tables start over, as after `forget`."""
    from paperhouse.loading.texts import extract_new_texts

    house.write("table.jsonl", rows_of(30, 90))
    house.write("day.json", api_day(4))
    house.load(budget=1.0)
    assert extract_new_texts(house.warehouse) == 34
    house.load()
    assert house.ask("select (select count(*) from extracted.texts), (select count(*) from extracted.words)") == [
        (0, 0)
    ]
    assert extract_new_texts(house.warehouse) == 4
    house.load(budget=1.0)
    assert extract_new_texts(house.warehouse) == 30


def test_where_the_budget_comes_from(monkeypatch):
    monkeypatch.delenv("PAPERHOUSE_REJECT_BUDGET", raising=False)
    assert choose_budget() == DEFAULT_REJECT_BUDGET
    monkeypatch.setenv("PAPERHOUSE_REJECT_BUDGET", "0.25")
    assert choose_budget() == 0.25
    assert choose_budget(0.75) == 0.75


@pytest.mark.parametrize("text", ["half", "-0.1", "1.5", "nan"])
def test_a_budget_that_is_no_share_is_refused_with_the_remedy(monkeypatch, text):
    monkeypatch.setenv("PAPERHOUSE_REJECT_BUDGET", text)
    with pytest.raises(BadBudgetError, match="--reject-budget"):
        choose_budget()
