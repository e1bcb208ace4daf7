"""The machine that carries the stages: Faust, the tables, the runner."""
