"""What searches find, judged: queries written by us, over articles written by us and pages of others."""
