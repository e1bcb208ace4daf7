"""The loop that one writes first: `python -m benchmarks.peers.plain KAFKA ELASTICSEARCH TOPIC INDEX`.

kafka-python's consumer, a bulk by the client's helper, a commit after it. No state, no order of revisions, nothing hidden.
"""

from __future__ import annotations

import json
import sys

from elasticsearch import Elasticsearch, helpers
from kafka import KafkaConsumer


def main(kafka: str, elasticsearch: str, topic: str, index: str) -> None:
    client = Elasticsearch(elasticsearch, request_timeout=60)
    consumer = KafkaConsumer(
        topic, bootstrap_servers=kafka, group_id=index, auto_offset_reset="earliest", enable_auto_commit=False,
        max_poll_records=2000,
    )  # fmt: skip
    while True:
        polled = consumer.poll(timeout_ms=500)
        actions = [
            {"_index": index, "_id": record.key.decode(), "_source": json.loads(record.value)}
            for records in polled.values()
            for record in records
        ]
        if actions:
            helpers.bulk(client, actions, chunk_size=1000)
            consumer.commit()


if __name__ == "__main__":
    main(*sys.argv[1:5])
