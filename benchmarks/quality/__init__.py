"""Quality of what enrich says, on texts and labels of others: `make quality`."""
