package io.tailrace.loader.run;

import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.loader.plan.OffsetRange;
import io.tailrace.loader.plan.Plan;
import io.tailrace.loader.store.AbortCheck;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.schemas.Framing;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Reads the schema ids that the first records of each partition name; if they name none, the first id in all records. */
public final class SchemaIdReader implements EventSchemas.IdsInData {
    private static final Duration POLL = Duration.ofSeconds(1);

    /** Polls in a row without progress before a range is given up, as a task does after as many seconds. */
    private static final int IDLE_POLLS_MAX = 60;

    private final Supplier<Consumer> consumers;
    private final AbortCheck abort;

    public SchemaIdReader(Supplier<Consumer> consumers, AbortCheck abort) {
        this.consumers = consumers;
        this.abort = abort;
    }

    @Override
    public SortedMap<Integer, String> read(Plan plan) throws IOException {
        SortedMap<Integer, String> ids = new TreeMap<>();
        try (Consumer consumer = consumers.get()) {
            Set<TopicPartition> begun = new HashSet<>();
            for (OffsetRange range : plan.tasks()) {
                if (begun.add(range.topicPartition())) {
                    read(consumer, range, ids, false);
                }
            }
            for (OffsetRange range : plan.tasks()) {
                if (ids.isEmpty()) {
                    read(consumer, range, ids, true);
                }
            }
        }
        return ids;
    }

    /** Reads until there are records, or until one names a schema. */
    private void read(Consumer consumer, OffsetRange range, SortedMap<Integer, String> ids, boolean untilFound)
            throws IOException {
        TopicPartition partition = range.topicPartition();
        consumer.assign(Set.of(partition));
        consumer.seek(partition, range.from());
        long position = range.from();
        int idlePolls = 0;
        while (position < range.to() && idlePolls < IDLE_POLLS_MAX && (!untilFound || ids.isEmpty())) {
            abort.throwIfAborted();
            List<ConsumerRecord> records = consumer.poll(POLL);
            records.forEach(record -> add(record, range, ids));
            long next = consumer.position(partition);
            idlePolls = next > position ? 0 : idlePolls + 1;
            position = next;
            if (!untilFound && !records.isEmpty()) {
                break;
            }
        }
    }

    private static void add(ConsumerRecord record, OffsetRange range, SortedMap<Integer, String> ids) {
        byte[] value = record.value();
        if (value != null && record.offset() < range.to() && Framing.isFramed(value, value.length)) {
            ids.putIfAbsent(
                    Framing.framedSchemaId(value), "record " + record.offset() + " of " + record.topicPartition());
        }
    }
}
