package io.tailrace.systemtests.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** The operations that all scripts have in common. Each fails with a {@link ClientError} if the client reports an error. */
record ScriptedClient(ClientProcess process) implements AutoCloseable {
    private static final int READ_SECONDS_MAX = 120;

    /** A record that a consumer has read. */
    record Read(
            TopicPartition partition,
            long offset,
            long timestampMs,
            @Nullable String key,
            @Nullable String value,
            List<String> headers) {}

    /**
     * What became of records that were sent.
     *
     * @param errors codes of those that were refused
     * @param baseOffset offset of the first one; empty without acknowledgement
     */
    record Sent(List<Integer> errors, OptionalLong baseOffset) {}

    /** Where a topic's partition lives. */
    record Replicas(int partition, int leader, List<Integer> replicas, List<Integer> inSync) {}

    record Offsets(long beginning, long end, long at) {}

    JsonNode call(String operation, Map<String, ?> arguments) {
        return process.call(operation, arguments);
    }

    void createTopic(String topic, int partitions, Map<String, String> configs) {
        call("create topic", Map.of("topic", topic, "partitions", partitions, "configs", configs));
    }

    void deleteTopic(String topic) {
        call("delete topic", Map.of("topic", topic));
    }

    List<String> topics() {
        return list(call("topics", Map.of()), JsonNode::asText);
    }

    List<Replicas> describe(String topic) {
        return list(
                call("describe topic", Map.of("topic", topic)),
                partition -> new Replicas(
                        partition.get("partition").asInt(),
                        partition.get("leader").asInt(),
                        list(partition.get("replicas"), JsonNode::asInt),
                        list(partition.get("isr"), JsonNode::asInt)));
    }

    /** A setting of a topic. */
    String config(String topic, String name) {
        return call("describe configs", Map.of("topic", topic)).path(name).asText();
    }

    /** A record of a topic's partition, as {@link #produce} takes it; {@code more} may have key, timestamp and headers. */
    static Map<String, Object> record(TopicPartition partition, @Nullable String value, Map<String, ?> more) {
        Map<String, Object> record = new HashMap<>(more);
        record.put("topic", partition.topic());
        record.put("partition", partition.partition());
        record.put("value", value);
        return record;
    }

    /** Sends records; {@code options} are acks, compression and idempotent. */
    Sent produce(List<Map<String, Object>> records, Map<String, Object> options) {
        Map<String, Object> arguments = new HashMap<>(options);
        arguments.put("records", records);
        List<Integer> errors = new ArrayList<>();
        OptionalLong base = OptionalLong.empty();
        for (JsonNode outcome : call("produce", arguments)) {
            if (outcome.has("error")) {
                errors.add(outcome.get("error").asInt());
            } else if (base.isEmpty() && outcome.path("offset").asLong(-1) >= 0) {
                base = OptionalLong.of(outcome.get("offset").asLong());
            }
        }
        return new Sent(errors, base);
    }

    Sent produce(TopicPartition partition, List<String> values, Map<String, Object> options) {
        return produce(
                values.stream().map(value -> record(partition, value, Map.of())).toList(), options);
    }

    /**
     * Sends records in one transaction.
     *
     * @param options may have offsets: a group, a topic, a partition and the offset to commit
     */
    void transact(String id, boolean isCommit, List<Map<String, Object>> records, Map<String, Object> options) {
        Map<String, Object> arguments = new HashMap<>(options);
        arguments.put("id", id);
        arguments.put("commit", isCommit);
        arguments.put("records", records);
        call("transaction", arguments);
    }

    /** Opens a consumer; {@code how} has topics, pattern or assign, auto_commit, and settings of the client. */
    void open(String consumer, String group, Map<String, Object> how) {
        Map<String, Object> arguments = new HashMap<>(how);
        arguments.put("consumer", consumer);
        arguments.put("group", group);
        call("open", arguments);
    }

    /** Opens a consumer of one partition from {@code beginning}, {@code end} or an offset on. */
    void openAt(String consumer, TopicPartition partition, Object at) {
        open(
                consumer,
                "reader-" + consumer,
                Map.of("assign", List.of(List.of(partition.topic(), partition.partition(), at))));
    }

    /** What a consumer has read since the last call, once it is this many records or two minutes have passed. */
    List<Read> read(String consumer, int count) {
        return readWithin(consumer, count, READ_SECONDS_MAX);
    }

    /** Like {@link #read}, with a shorter wait. */
    List<Read> readWithin(String consumer, int count, int seconds) {
        return list(
                call("read", Map.of("consumer", consumer, "count", count, "seconds", seconds)), ScriptedClient::read);
    }

    private static Read read(JsonNode record) {
        return new Read(
                new TopicPartition(
                        record.get("topic").asText(), record.get("partition").asInt()),
                record.get("offset").asLong(),
                record.get("timestamp").asLong(),
                record.get("key").textValue(),
                record.get("value").textValue(),
                list(
                        record.get("headers"),
                        header -> header.get(0).asText() + "=" + header.get(1).asText()));
    }

    /** All records of a partition, read by a consumer of its own. */
    List<Read> readAll(TopicPartition partition, int count) {
        openAt("all", partition, "beginning");
        try {
            return read("all", count);
        } finally {
            close("all");
        }
    }

    Set<TopicPartition> assignment(String consumer) {
        return new TreeSet<>(list(
                call("assignment", Map.of("consumer", consumer)),
                partition -> new TopicPartition(
                        partition.get(0).asText(), partition.get(1).asInt())));
    }

    void seek(String consumer, TopicPartition partition, long offset) {
        call("seek", at(partition, Map.of("consumer", consumer, "offset", offset)));
    }

    void commit(String consumer, TopicPartition partition, long offset) {
        call("commit", at(partition, Map.of("consumer", consumer, "offset", offset)));
    }

    void close(String consumer) {
        call("close", Map.of("consumer", consumer));
    }

    /** A group's committed offset. */
    OptionalLong committed(String group, TopicPartition partition) {
        JsonNode offset = call("committed", at(partition, Map.of("group", group)));
        return offset.isNull() ? OptionalLong.empty() : OptionalLong.of(offset.asLong());
    }

    /** The ends of a partition, and the offset of the first record at or after a time. */
    Offsets offsets(TopicPartition partition, long timeMs) {
        JsonNode found = call("list offsets", at(partition, Map.of("at", timeMs)));
        return new Offsets(
                found.get("beginning").asLong(),
                found.get("end").asLong(),
                found.get("at").asLong());
    }

    /** The ids of all groups. */
    List<String> groups() {
        return list(call("list groups", Map.of()), group -> group.get("group").asText());
    }

    JsonNode describeGroup(String group) {
        return call("describe group", Map.of("group", group));
    }

    private static Map<String, Object> at(TopicPartition partition, Map<String, Object> more) {
        Map<String, Object> arguments = new HashMap<>(more);
        arguments.put("topic", partition.topic());
        arguments.put("partition", partition.partition());
        return arguments;
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> element) {
        return StreamSupport.stream(array.spliterator(), false).map(element).toList();
    }

    @Override
    public void close() throws IOException {
        process.close();
    }
}
