"""`make bench`: the pipeline's figures beside those of others, in one run on one machine."""
