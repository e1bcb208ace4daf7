"""An invented day of news for the benchmarks: the same for the same seed, and like no sample."""
