"""Which answers a session asks for again."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from paperhouse.engines.lost_answers import LOST, ask_again

grpc = pytest.importorskip("grpc")
pytest.importorskip("pyspark", reason="the client of Spark Connect is not installed: make setup EXTRAS=spark")


class Said(grpc.RpcError):
    """An error of gRPC with its code and its words."""

    def __init__(self, code, words):
        super().__init__(words)
        self.code, self.details = (lambda: code), (lambda: words)


@pytest.fixture
def policies():
    """What a session asks again by, after one of its client's own."""
    kept = ["its own"]
    client = SimpleNamespace(get_retry_policies=lambda: list(kept), set_retry_policies=lambda new: kept.__init__(new))
    ask_again(SimpleNamespace(client=client))
    return kept


def test_lost_answers_are_asked_for_again_and_a_few_times_only(policies):
    own, lost = policies
    assert own == "its own"
    assert lost.can_retry(Said(grpc.StatusCode.INTERNAL, f"{LOST}!"))
    tried = lost.to_state()
    assert [tried.next_attempt() is None for _ in range(4)] == [False, False, False, True]


@pytest.mark.parametrize(
    "error",
    [
        Said(grpc.StatusCode.INTERNAL, "internal error: no such table"),
        Said(grpc.StatusCode.UNKNOWN, f"{LOST}!"),
        ValueError(LOST),
    ],
)
def test_what_an_engine_says_is_not_asked_again(policies, error):
    assert not policies[1].can_retry(error)
