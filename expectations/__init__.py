"""What must hold between the stages: one module per guarded table, and the runner that alone knows Great Expectations.

A suite module is named after its table (`raw__entries.py` guards `raw.entries`) and holds KEY, the columns that
identify a failing row, and EXPECTATIONS. Keys, relationships and identities of the marts are dbt's to test; a suite
states volume, format and distribution. Severity `warning` is reported; anything else keeps the gate shut.
"""

import importlib.util
import os
import sys
import types

# Great Expectations reports usage over the network unless told not to before it is first imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"


class _LoadedWhenUsed(types.ModuleType):
    """A module that is executed when a name of it is first asked for.

    `importlib.util.LazyLoader` executes it for any attribute, `__file__` too, which `inspect.stack` asks of all modules
    there are; dbt calls that in every build.
    """

    def __getattr__(self, name: str) -> object:
        if name.startswith("__") or self.__spec__ is None or self.__spec__.loader is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        self.__class__ = types.ModuleType  # type: ignore[assignment]
        self.__spec__.loader.exec_module(self)
        return getattr(self, name)


def _load_when_used(package: str, name: str) -> None:
    spec = importlib.util.find_spec(f"{package}.{name}")
    if spec is None or spec.name in sys.modules:
        return
    module = importlib.util.module_from_spec(spec)
    module.__class__ = _LoadedWhenUsed
    sys.modules[spec.name] = module
    # `from package import name` finds it here, and executes nothing.
    setattr(sys.modules[package], name, module)


# Great Expectations imports it for three expectations that no suite has; it takes 3 to 4 s of CPU on two slow cores.
_load_when_used("scipy", "stats")
