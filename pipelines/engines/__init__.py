"""The one door to what makes the tables where that is not this process's DuckDB, and to where they lie then.

What belongs here: whatever names Spark, Sail or their client; which engine is asked for (`choice`) and whether it
answers (`opening`); the lake, Parquet that this machine and the engine see (`lake`), in a folder or an object store
(`files`); functions that the engine's SQL lacks (`functions`). What does not: which tables there are, and in which
order they are made. That is dbt's and `orchestration.lake_build`'s, which know an engine by what is exported here. The
packages of the extra `spark` are loaded where they are used, and only after somebody has asked for another engine.
"""

from .choice import ENGINE_VARIABLE, LAKE_VARIABLE, LOCAL, Engine, EngineError, choose_engine, read_engine
from .lake import Lake, drop_relation, read_made_of
from .opening import keeping_lakes, open_lake, try_engine

__all__ = [
    "ENGINE_VARIABLE",
    "LAKE_VARIABLE",
    "LOCAL",
    "Engine",
    "EngineError",
    "Lake",
    "choose_engine",
    "drop_relation",
    "keeping_lakes",
    "open_lake",
    "read_engine",
    "read_made_of",
    "try_engine",
]
