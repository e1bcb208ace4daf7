"""What operators use: status, trace, health."""
