"""The console commands, one file per command; pipeline/cli.py lists them."""
