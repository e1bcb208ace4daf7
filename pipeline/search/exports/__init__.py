"""Searches and articles in the formats that other programs read. Pure."""
