"""What must hold between the stages: one module per guarded table, and the runner that alone knows Great Expectations.

A suite module is named after its table (`raw__entries.py` guards `raw.entries`) and holds KEY, the columns that
identify a failing row, and EXPECTATIONS. Keys, relationships and identities of the marts are dbt's to test; a suite
states volume, format and distribution. Severity `warning` is reported; anything else keeps the gate shut.
"""

import importlib.util
import os
import sys

# Great Expectations reports usage over the network unless told not to before it is first imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"


def _load_when_used(package: str, name: str) -> None:
    """Let a module be executed when something of it is first used, by the recipe in the documentation of importlib."""
    spec = importlib.util.find_spec(f"{package}.{name}")
    if spec is None or spec.loader is None or spec.name in sys.modules:
        return
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    # `from package import name` finds it here, and executes nothing.
    setattr(sys.modules[package], name, module)


# Great Expectations imports it for three expectations that no suite has; it takes 3 to 4 s of CPU on two slow cores.
_load_when_used("scipy", "stats")
