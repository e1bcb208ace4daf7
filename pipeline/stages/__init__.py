"""What changes a record on its way: normalize, enrich, revise."""
