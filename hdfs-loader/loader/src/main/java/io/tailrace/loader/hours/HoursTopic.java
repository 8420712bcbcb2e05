package io.tailrace.loader.hours;

import io.tailrace.client.Admin;
import io.tailrace.client.ClientException;
import io.tailrace.client.NewTopic;
import io.tailrace.client.Producer;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A compacted topic with the verdicts of hours, for schedulers: key {@code TOPIC/HOUR}, JSON value. It is created when the first
 * hour is complete. Thread-safe.
 */
public final class HoursTopic implements HourAnnouncer, AutoCloseable {
    private final String name;
    private final Admin admin;
    private final Supplier<Producer> producers;
    /** Guarded by {@code this}. */
    private @Nullable Producer producer;

    /**
     * Describes the topic. Connects when the first verdict is announced.
     *
     * @param producers creates a producer, which is closed with this object
     */
    public HoursTopic(String name, Admin admin, Supplier<Producer> producers) {
        this.name = name;
        this.admin = admin;
        this.producers = producers;
    }

    @Override
    public void announce(String topic, List<HourVerdict> verdicts) throws IOException {
        try {
            Producer sender = producer();
            List<CompletableFuture<RecordMetadata>> sent = new ArrayList<>();
            for (HourVerdict verdict : verdicts) {
                byte[] key = (topic + "/" + verdict.hour().hourText()).getBytes(StandardCharsets.UTF_8);
                sent.add(sender.send(ProducerRecord.of(name, key, HourVerdictFormat.announcement(topic, verdict))));
            }
            sent.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw new IOException("cannot write to topic " + name + ": " + e.getCause(), e.getCause());
        } catch (ClientException e) {
            throw new IOException("cannot write to topic " + name + ": " + e.getMessage(), e);
        }
    }

    private synchronized Producer producer() {
        if (producer == null) {
            if (!admin.topics(true).contains(name)) {
                create();
            }
            producer = producers.get();
        }
        return producer;
    }

    private void create() {
        try {
            admin.createTopic(
                    new NewTopic(name, OptionalInt.of(1), OptionalInt.empty(), Map.of("cleanup.policy", "compact")));
        } catch (ClientException e) {
            // A loader of another group may have created it in between.
            if (!admin.topics(true).contains(name)) {
                throw e;
            }
        }
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close();
        }
    }
}
