package io.tailrace.server.partition;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts the traffic of clients and followers, of one topic or of all. Thread-safe; counting takes no lock. */
public final class TopicTraffic {
    private final @Nullable TopicTraffic all;
    private final Map<Counter, LongAdder> counts = new EnumMap<>(Counter.class);

    /** The counted quantities. A request counts once for each partition that it names, a fetch once for each that is answered. */
    public enum Counter {
        /** Records that producers have appended. */
        MESSAGES_IN,
        /** Bytes of the batches that producers have appended. */
        BYTES_IN,
        /** Bytes of records in answers to consumers. */
        BYTES_OUT,
        /** Bytes of records in answers to followers. */
        REPLICATION_BYTES_OUT,
        /** Bytes that this broker has copied from leaders. */
        REPLICATION_BYTES_IN,
        /** Appends that producers asked for. */
        PRODUCE_REQUESTS,
        /** Those that were refused. */
        FAILED_PRODUCE_REQUESTS,
        /** Reads that consumers and followers asked for. */
        FETCH_REQUESTS,
        /** Those that were refused. */
        FAILED_FETCH_REQUESTS
    }

    /** Counts of all topics. */
    TopicTraffic() {
        this(null);
    }

    /** @param all counts everything that is counted here, too */
    TopicTraffic(@Nullable TopicTraffic all) {
        this.all = all;
        for (Counter counter : Counter.values()) {
            counts.put(counter, new LongAdder());
        }
    }

    /** Counts one. */
    public void increment(Counter counter) {
        add(counter, 1);
    }

    /** Counts {@code amount}. */
    public void add(Counter counter, long amount) {
        adder(counter).add(amount);
        if (all != null) {
            all.add(counter, amount);
        }
    }

    /** The count since this broker opened the topic, or since its start. */
    public long count(Counter counter) {
        return adder(counter).sum();
    }

    private LongAdder adder(Counter counter) {
        return Objects.requireNonNull(counts.get(counter));
    }
}
