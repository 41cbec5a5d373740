"""An answer of the engine that its client could not read is asked for again.

Seen once, at a build's first view on busy cores, in gRPC's words for whatever goes wrong between the bytes of an answer
and the object that is made of them; the statement itself was well. It is not run again: Spark Connect keeps its answers
until they are taken, and gives them anew to who names the last one that was read (ReattachExecute).
"""

from __future__ import annotations

from typing import Any

#: What gRPC says.
LOST = "Exception deserializing response"
_TIMES, _PATIENCE_MS = 3, 200


def ask_again(session: Any) -> None:
    """Have a session ask for a lost answer again, a few times, beside all that its client asks for again by itself."""
    from grpc import RpcError, StatusCode
    from pyspark.sql.connect.client.retries import RetryPolicy

    class LostAnswers(RetryPolicy):
        def can_retry(self, exception: BaseException) -> bool:
            if not isinstance(exception, RpcError) or exception.code() != StatusCode.INTERNAL:
                return False
            return LOST in str(exception.details())

    client = session.client
    client.set_retry_policies([*client.get_retry_policies(), LostAnswers(_TIMES, _PATIENCE_MS)])
