"""The ingest API: what wire desks push over HTTP, and what hubs deliver."""
