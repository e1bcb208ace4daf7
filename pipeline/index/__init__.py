"""What takes current records out of Kafka: for now the search index."""
