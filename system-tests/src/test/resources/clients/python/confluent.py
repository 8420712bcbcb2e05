"""Drives confluent-kafka, the Python client on librdkafka. Usage: confluent.py BOOTSTRAP_SERVERS"""
import sys

import confluent_kafka
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewPartitions, NewTopic

from client import Member, ProtocolError, decoded, encoded, serve

BOOTSTRAP = {"bootstrap.servers": sys.argv[1]}
WAIT_SECONDS = 60
EDGES = {"beginning": confluent_kafka.OFFSET_BEGINNING, "end": confluent_kafka.OFFSET_END}

CLASSIC = {"session.timeout.ms": 30000, "heartbeat.interval.ms": 500}

admin = AdminClient(BOOTSTRAP)
members = {}


def code_of(failure):
    if isinstance(failure, ProtocolError):
        return failure.code
    return failure.args[0].code() if isinstance(failure, KafkaException) else None


def only(futures):
    (future,) = futures.values()
    return future.result(WAIT_SECONDS)


def client():
    return {"version": confluent_kafka.version()[0], "librdkafka": confluent_kafka.libversion()[0]}


def create_topic(topic, partitions, configs=None):
    only(admin.create_topics([NewTopic(topic, partitions, 1, config=configs or {})]))


def delete_topic(topic):
    only(admin.delete_topics([topic]))


def create_partitions(topic, count):
    only(admin.create_partitions([NewPartitions(topic, count)]))


def describe_topic(topic):
    found = admin.list_topics(timeout=WAIT_SECONDS).topics[topic]  # a request for one topic would create it
    return [
        {"partition": p.id, "leader": p.leader, "replicas": p.replicas, "isr": p.isrs}
        for _, p in sorted(found.partitions.items())
    ]


def topics():
    return sorted(admin.list_topics(timeout=WAIT_SECONDS).topics)


def brokers():
    found = admin.list_topics(timeout=WAIT_SECONDS)
    return {
        "controller": found.controller_id,
        "brokers": [{"id": b.id, "address": f"{b.host}:{b.port}"} for b in found.brokers.values()],
    }


def describe_configs(topic):
    found = only(admin.describe_configs([ConfigResource("topic", topic)]))
    return {name: entry.value for name, entry in found.items()}


def alter_configs(topic, configs):
    only(admin.alter_configs([ConfigResource("topic", topic, set_config=configs or {})]))


def list_groups():
    return [{"group": g.id, "type": g.protocol_type} for g in admin.list_groups(timeout=WAIT_SECONDS)]


def describe_group(group):
    (found,) = admin.list_groups(group, timeout=WAIT_SECONDS)
    return {"state": found.state, "protocol": found.protocol, "members": [m.client_id for m in found.members]}


def produce(records, acks="all", compression="none", idempotent=False):
    outcomes = [None] * len(records)

    def delivered(index):
        def done(error, message):
            if error:
                outcomes[index] = {"error": error.code()}
            else:
                outcomes[index] = {"partition": message.partition(), "offset": message.offset()}

        return done

    settings = {"acks": acks, "compression.type": compression, "enable.idempotence": idempotent, "linger.ms": 5}
    producer = Producer({**BOOTSTRAP, **settings})
    for index, record in enumerate(records):
        optional = {name: record[name] for name in ("partition", "timestamp") if record.get(name) is not None}
        producer.produce(
            record["topic"],
            encoded(record["value"]),
            encoded(record.get("key")),
            headers=[(name, encoded(value)) for name, value in record.get("headers", [])],
            on_delivery=delivered(index),
            **optional,
        )
    if producer.flush(WAIT_SECONDS):
        raise TimeoutError("records were not acknowledged")
    return outcomes


def transaction(id, commit, records, offsets=None):
    """Sends records, and commits offsets, in one transaction. Each producer fences the one before it."""
    producer = Producer({**BOOTSTRAP, "transactional.id": id, "linger.ms": 5})
    producer.init_transactions(WAIT_SECONDS)
    producer.begin_transaction()
    for record in records:
        producer.produce(record["topic"], encoded(record["value"]), partition=record["partition"])
    if producer.flush(WAIT_SECONDS):
        raise TimeoutError("records were not acknowledged")
    if offsets:
        wanted = [TopicPartition(offsets["topic"], offsets["partition"], offsets["offset"])]
        with_consumer(
            offsets["group"],
            lambda consumer: producer.send_offsets_to_transaction(
                wanted, consumer.consumer_group_metadata(), WAIT_SECONDS
            ),
        )
    if commit:
        producer.commit_transaction(WAIT_SECONDS)
    else:
        producer.abort_transaction(WAIT_SECONDS)


def poll(consumer):
    records = []
    for message in consumer.consume(500, 0.1):
        if message.error():
            raise KafkaException(message.error())
        records.append(
            {
                "partition": message.partition(),
                "topic": message.topic(),
                "offset": message.offset(),
                "timestamp": message.timestamp()[1],
                "key": decoded(message.key()),
                "value": decoded(message.value()),
                "headers": [[name, decoded(value)] for name, value in message.headers() or []],
            }
        )
    return records


def open_member(consumer, group, topics=None, pattern=None, assign=None, auto_commit=False, settings=None):
    def opened():
        defaults = {
            "group.id": group,
            "auto.offset.reset": "earliest",
            "enable.auto.commit": auto_commit,
            "topic.metadata.refresh.interval.ms": 1000,
        }
        created = Consumer({**BOOTSTRAP, **defaults, **(settings or CLASSIC)})
        if assign:
            created.assign([TopicPartition(t, p, EDGES.get(at, at)) for t, p, at in assign])
        else:
            created.subscribe(["^" + pattern] if pattern else topics)
        return created

    members[consumer] = Member(opened, poll, lambda client: client.close())


def read(consumer, count, seconds):
    return members[consumer].read(count, seconds)


def assignment(consumer):
    return members[consumer].call(lambda client: sorted([p.topic, p.partition] for p in client.assignment()))


def seek(consumer, topic, partition, offset):
    members[consumer].call(lambda client: client.seek(TopicPartition(topic, partition, offset)))


def commit(consumer, topic, partition, offset):
    wanted = [TopicPartition(topic, partition, offset)]
    (outcome,) = members[consumer].call(lambda client: client.commit(offsets=wanted, asynchronous=False))
    if outcome.error:
        raise KafkaException(outcome.error)


def close(consumer):
    members.pop(consumer).close()


def with_consumer(group, task):
    consumer = Consumer({**BOOTSTRAP, "group.id": group})
    try:
        return task(consumer)
    finally:
        consumer.close()


def committed(group, topic, partition):
    wanted = [TopicPartition(topic, partition)]
    (found,) = with_consumer(group, lambda consumer: consumer.committed(wanted, timeout=WAIT_SECONDS))
    return None if found.offset < 0 else found.offset


def list_offsets(topic, partition, at):
    """The first and the next offset, and that of the first record at or after a time."""

    def ask(consumer):
        low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=WAIT_SECONDS)
        (found,) = consumer.offsets_for_times([TopicPartition(topic, partition, at)], timeout=WAIT_SECONDS)
        return {"beginning": low, "end": high, "at": found.offset}

    return with_consumer("none", ask)


serve(
    {
        "client": client,
        "create topic": create_topic,
        "delete topic": delete_topic,
        "create partitions": create_partitions,
        "describe topic": describe_topic,
        "topics": topics,
        "brokers": brokers,
        "describe configs": describe_configs,
        "alter configs": alter_configs,
        "list groups": list_groups,
        "describe group": describe_group,
        "produce": produce,
        "transaction": transaction,
        "open": open_member,
        "read": read,
        "assignment": assignment,
        "seek": seek,
        "commit": commit,
        "close": close,
        "committed": committed,
        "list offsets": list_offsets,
    },
    code_of,
)
