"""Other ways from Kafka to Elasticsearch, written as their documentation has them, for comparison."""
