"""The operators' page: what `dateline status`, `trace` and `dead-letters list` say, in a browser. It reads, and changes nothing."""
