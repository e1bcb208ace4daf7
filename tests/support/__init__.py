"""Doubles and builders that tests share: events, tables, a broker, an index and a consumer in memory."""
