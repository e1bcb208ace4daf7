"""Watch: what is measured, what counts as wrong, and since when. `measure.measure` is all that others need of it."""
