"""Real Kafka and real Elasticsearch on this machine, as child processes on loopback."""
