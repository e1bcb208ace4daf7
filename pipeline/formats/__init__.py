"""One file per format: bytes to stories. Which formats there are, and in which order they are tried, is in table.py."""
