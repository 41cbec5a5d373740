"""The assets, one module per stage; `tables` has what those that stand for the pipeline's own tables share."""
