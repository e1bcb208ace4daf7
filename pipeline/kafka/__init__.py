"""Kafka as Dateline uses it: clients, security, rights, compacted topics, dead letters."""
