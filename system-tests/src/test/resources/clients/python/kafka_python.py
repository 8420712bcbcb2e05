"""Drives kafka-python, a client written in Python alone. Usage: kafka_python.py BOOTSTRAP_SERVERS"""
import sys

import kafka
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, NewPartitions, NewTopic
from kafka.errors import BrokerResponseError, KafkaError, KafkaTimeoutError, for_code
from kafka.structs import OffsetAndMetadata

from client import Member, ProtocolError, decoded, encoded, serve

BOOTSTRAP = {"bootstrap_servers": sys.argv[1].split(",")}
WAIT_SECONDS = 60

admin = KafkaAdminClient(**BOOTSTRAP)
members = {}


def code_of(failure):
    if isinstance(failure, ProtocolError):
        return failure.code
    return failure.errno if isinstance(failure, BrokerResponseError) else None


def check(code, message):
    if code:
        raise ProtocolError(code, f"{for_code(code).__name__}: {message}")


def client():
    return {"version": kafka.__version__}


def create_topic(topic, partitions, configs=None):
    admin.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs)])


def delete_topic(topic):
    admin.delete_topics([topic])


def create_partitions(topic, count):
    admin.create_partitions({topic: NewPartitions(count)})


def describe_topic(topic):
    (found,) = admin.describe_topics([topic])
    check(found["error_code"], topic)
    return [
        {name: p[name] for name in ("partition", "leader", "replicas", "isr")}
        for p in sorted(found["partitions"], key=lambda p: p["partition"])
    ]


def topics():
    return sorted(admin.list_topics())


def brokers():
    found = admin.describe_cluster()
    return {
        "controller": found["controller_id"],
        "brokers": [{"id": b["node_id"], "address": f"{b['host']}:{b['port']}"} for b in found["brokers"]],
    }


def resource(topic, configs=None):
    return [ConfigResource(ConfigResourceType.TOPIC, topic, configs)]


def describe_configs(topic):
    (answer,) = admin.describe_configs(resource(topic))
    ((code, message, _, _, entries),) = answer.resources
    check(code, message)
    return {entry[0]: entry[1] for entry in entries}


def alter_configs(topic, configs):
    ((code, message, _, _),) = admin.alter_configs(resource(topic, configs)).resources
    check(code, message)


def list_groups():
    return [{"group": group, "type": protocol_type} for group, protocol_type in admin.list_consumer_groups()]


def describe_group(group):
    (found,) = admin.describe_consumer_groups([group])
    check(found.error_code, group)
    return {"state": found.state, "protocol": found.protocol, "members": [m.client_id for m in found.members]}


def delete_group(group):
    ((_, error),) = admin.delete_consumer_groups([group])
    check(error.errno, group)


def produce(records, acks="all", compression="none"):
    producer = KafkaProducer(
        **BOOTSTRAP,
        acks=int(acks) if acks.isdigit() else acks,
        compression_type=None if compression == "none" else compression,
        linger_ms=5,
        max_block_ms=20000,
    )
    outcomes = [outcome(waiting) for waiting in [sent(producer, record) for record in records]]
    producer.close(WAIT_SECONDS)
    return outcomes


def sent(producer, record):
    """A function that waits for the acknowledgement."""
    try:
        return producer.send(
            record["topic"],
            encoded(record["value"]),
            encoded(record.get("key")),
            headers=[(name, encoded(value)) for name, value in record.get("headers", [])],
            partition=record.get("partition"),
            timestamp_ms=record.get("timestamp"),
        ).get
    except KafkaTimeoutError as no_metadata:
        refusal = no_metadata

    def refused(_):
        raise refusal

    return refused


def outcome(waiting):
    try:
        acknowledged = waiting(WAIT_SECONDS)
        return {"partition": acknowledged.partition, "offset": acknowledged.offset}
    except KafkaError as error:
        return {"error": getattr(error, "errno", None) or 0}


def poll(consumer):
    return [
        {
            "topic": record.topic,
            "partition": record.partition,
            "offset": record.offset,
            "timestamp": record.timestamp,
            "key": decoded(record.key),
            "value": decoded(record.value),
            "headers": [[name, decoded(value)] for name, value in record.headers],
        }
        for records in consumer.poll(100).values()
        for record in records
    ]


def open_member(consumer, group, topics=None, pattern=None, assign=None, auto_commit=False):
    def opened():
        created = KafkaConsumer(
            **BOOTSTRAP,
            group_id=group,
            auto_offset_reset="earliest",
            enable_auto_commit=auto_commit,
            session_timeout_ms=30000,
            heartbeat_interval_ms=500,
            metadata_max_age_ms=1000,
        )
        if not assign:
            created.subscribe(topics=topics or (), pattern=pattern)
            return created
        created.assign([TopicPartition(topic, partition) for topic, partition, _ in assign])
        for topic, partition, at in assign:
            topic_partition = TopicPartition(topic, partition)
            if at == "beginning":
                created.seek_to_beginning(topic_partition)
            elif at == "end":
                created.seek_to_end(topic_partition)
            else:
                created.seek(topic_partition, at)
        return created

    members[consumer] = Member(opened, poll, lambda client: client.close())


def read(consumer, count, seconds):
    return members[consumer].read(count, seconds)


def assignment(consumer):
    return members[consumer].call(lambda client: sorted([p.topic, p.partition] for p in client.assignment()))


def seek(consumer, topic, partition, offset):
    members[consumer].call(lambda client: client.seek(TopicPartition(topic, partition), offset))


def commit(consumer, topic, partition, offset):
    wanted = {TopicPartition(topic, partition): OffsetAndMetadata(offset, "")}
    members[consumer].call(lambda client: client.commit(wanted))


def close(consumer):
    members.pop(consumer).close()


def committed(group, topic, partition):
    found = admin.list_consumer_group_offsets(group).get(TopicPartition(topic, partition))
    return None if found is None or found.offset < 0 else found.offset


def list_offsets(topic, partition, at):
    """The first and the next offset, and that of the first record at or after a time."""
    topic_partition = TopicPartition(topic, partition)
    consumer = KafkaConsumer(**BOOTSTRAP)
    try:
        return {
            "beginning": consumer.beginning_offsets([topic_partition])[topic_partition],
            "end": consumer.end_offsets([topic_partition])[topic_partition],
            "at": consumer.offsets_for_times({topic_partition: at})[topic_partition].offset,
        }
    finally:
        consumer.close()


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
        "delete group": delete_group,
        "produce": produce,
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
