"""Subscriptions: who may be a reader, what is kept, who else may open the file."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import date

import pytest
from typer.testing import CliRunner

from paperhouse.commands.app import app
from paperhouse.digest.items import Period
from paperhouse.digest.subscriptions import AddressError, normalize_address, open_subscriptions

DAY = date(2025, 6, 3)


@pytest.mark.parametrize("address", ["reader@example.org", "First.Last+tag@Example.ORG", "  a@b  "])
def test_addresses(address):
    assert normalize_address(address) == address.strip().lower()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "reader",
        "@example.org",
        "reader@",
        "a@b@c",
        "Reader <reader@example.org>",
        "reader@example.org, other@example.org",
        "reader@example.org\nBcc: victim@example.org",
        "reader@example.org\r\n",
        "rea\x00der@example.org",
        "reader@exämple.org",
        "a..b@example.org",
        "x" * 250 + "@example.org",
    ],
)
def test_no_addresses(address):
    if address.strip() == "reader@example.org":
        assert normalize_address(address) == "reader@example.org"  # white space around is no part of it
        return
    with pytest.raises(AddressError):
        normalize_address(address)


def test_the_file_is_its_owners_alone(house, subscriptions):
    assert stat.S_IMODE(house.subscriptions.stat().st_mode) == 0o600


def test_subscribing_twice_changes_what_one_gets(subscriptions):
    assert subscriptions.subscribe("A@example.org", Period.day, ["  optical   flow ", ""])
    [reader] = subscriptions.list_subscribers()
    assert (reader.address, reader.keywords, reader.period) == ("a@example.org", ("optical flow",), Period.day)
    assert not subscriptions.subscribe("a@example.org", Period.week, [])
    [changed] = subscriptions.list_subscribers()
    assert (changed.period, changed.keywords, changed.token) == (Period.week, (), reader.token)


def test_unsubscribing_by_address_or_token(subscriptions):
    subscriptions.subscribe("a@example.org", Period.day, [])
    subscriptions.subscribe("b@example.org", Period.day, [])
    token = subscriptions.list_subscribers()[1].token
    assert subscriptions.unsubscribe("A@example.org") == "a@example.org"
    assert subscriptions.unsubscribe(token) == "b@example.org"
    assert subscriptions.unsubscribe(token) is None


def test_a_delivery_begins_once_unless_it_was_deferred(subscriptions):
    arguments = ("a@example.org", Period.day, DAY)
    assert subscriptions.begin(*arguments, "<1@x>")
    assert not subscriptions.begin(*arguments, "<1@x>")
    subscriptions.end(*arguments, "deferred", "450 later")
    assert subscriptions.begin(*arguments, "<1@x>")
    subscriptions.end(*arguments, "sent", "")
    assert not subscriptions.begin(*arguments, "<1@x>")
    assert subscriptions.begin("a@example.org", Period.week, DAY, "<2@x>")


def test_a_bounce_ends_deliveries_until_one_subscribes_again(subscriptions):
    subscriptions.subscribe("a@example.org", Period.day, [])
    subscriptions.begin("a@example.org", Period.day, DAY, "<1@x>")
    assert not subscriptions.record_bounce("a@example.org", "<other@x>", "550 no")
    assert subscriptions.record_bounce("a@example.org", "<1@x>", "550 no")
    assert subscriptions.list_subscribers()[0].bounce == "550 no"
    assert subscriptions.list_deliveries()[0].state == "bounced"
    subscriptions.subscribe("a@example.org", Period.day, [])
    assert subscriptions.list_subscribers()[0].bounced_at is None


def test_a_second_process_is_told_to_wait(house):
    with open_subscriptions(house):
        result = subprocess.run(
            [
                sys.executable,
                "-c",
                "from paperhouse.commands.app import app; app()",
                "subscribers",
                "-w",
                str(house.folder),
            ],
            capture_output=True,
            text=True,
        )
    assert result.returncode == 1
    assert f"process {os.getpid()} (" in result.stderr
    assert "Traceback" not in result.stderr


def test_commands(house):
    def run(*arguments):
        return CliRunner().invoke(app, [*arguments, "--warehouse", str(house.folder)], env={"COLUMNS": "160"})

    added = run("subscribe", "a@example.org", "--keyword", "optical flow", "--keyword", "zzz[bold]", "--period", "week")
    assert added.exit_code == 0, added.output
    assert "zzz[bold] is no keyword yet" in added.output
    assert "optical flow is no keyword" not in added.output
    listed = run("subscribers", "--deliveries")
    assert "a@example.org" in listed.output
    assert "0 rows" in listed.output
    assert run("subscribe", "nobody").exit_code == 1
    assert run("unsubscribe", "a@example.org").exit_code == 0
    assert run("unsubscribe", "a@example.org").exit_code == 1
