"""The console commands, one file per kind of user; pipeline/cli.py lists them."""
