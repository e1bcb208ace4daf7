"""Operators' tasks, one module each; what a command prints is made in pipeline/commands."""
