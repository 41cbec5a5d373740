"""The assets, one module per stage. An asset is short; what it does lives in functions without Dagster."""
