"""What others take from the warehouse: the published database, the Parquet release, its manifest and dictionary."""
