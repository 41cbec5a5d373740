"""What must hold between the stages: one module per guarded table, and the runner that alone knows Great Expectations.

A suite module is named after its table (`raw__entries.py` guards `raw.entries`) and holds KEY, the columns that
identify a failing row, and EXPECTATIONS. Keys, relationships and identities of the marts are dbt's to test; a suite
states volume, format and distribution. Severity `warning` is reported; anything else keeps the gate shut.
"""

import os

# Great Expectations reports usage over the network unless told not to before it is first imported.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
