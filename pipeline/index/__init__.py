"""The sink: current records from Kafka into Elasticsearch."""
