package io.tailrace.loader;

import io.tailrace.loader.run.TopicOutcome;
import io.tailrace.metrics.Health;
import io.tailrace.metrics.Metrics;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What a loader that repeats its loads shows of them. Thread-safe. */
final class LoadMonitor implements Health {
    private static final List<String> TOPIC = List.of("topic");
    private static final double MS_PER_SECOND = 1000;
    private static final long NEVER = 0;

    private final InstantSource clock;
    private final Map<String, TopicCounts> topics = new LinkedHashMap<>();
    private final LongAdder successes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private volatile long startedMs = NEVER;
    private volatile long succeededMs = NEVER;
    private volatile long lastLoadMs;
    private volatile boolean running;
    private volatile @Nullable String lastFailure;
    private volatile @Nullable String end;

    private static final class TopicCounts {
        private final LongAdder rows = new LongAdder();
        private final LongAdder errors = new LongAdder();
        private final LongAdder files = new LongAdder();
        private final LongAdder skipped = new LongAdder();
        private final LongAdder failures = new LongAdder();
        private volatile long succeededMs = NEVER;
    }

    /** @param topics those that are loaded */
    LoadMonitor(List<String> topics, InstantSource clock) {
        this.clock = clock;
        topics.forEach(topic -> this.topics.put(topic, new TopicCounts()));
    }

    /** A load begins. */
    void started() {
        startedMs = clock.millis();
        running = true;
    }

    /** The load of a topic has ended. */
    void ended(TopicOutcome outcome) {
        TopicCounts counts = topics.get(outcome.topic());
        if (counts == null) {
            throw new IllegalStateException("unknown topic " + outcome.topic());
        }
        outcome.result().ifPresent(result -> {
            counts.rows.add(result.rows());
            counts.errors.add(result.errors());
            counts.files.add(result.files());
            counts.skipped.add(result.skipped());
        });
        if (outcome.isComplete()) {
            counts.succeededMs = clock.millis();
        } else {
            counts.failures.increment();
        }
    }

    /** The load has ended, with all topics. */
    void succeeded() {
        lastFailure = null;
        successes.increment();
        succeededMs = ended();
    }

    /** The load has failed, or that of a topic. The next one continues from the last commits. */
    void failed(String reason) {
        lastFailure = reason;
        failures.increment();
        ended();
    }

    /** The load has failed, and there will be no other. */
    void broken(Throwable cause) {
        end = cause.toString();
        failures.increment();
        ended();
    }

    private long ended() {
        long nowMs = clock.millis();
        running = false;
        lastLoadMs = nowMs - startedMs;
        return nowMs;
    }

    @Override
    public Status live() {
        String reason = end;
        return reason == null ? Status.up("loads are repeated") : Status.down("no more loads: " + reason);
    }

    @Override
    public Status ready() {
        String failure = lastFailure;
        if (!live().ok()) {
            return live();
        }
        if (failure != null) {
            return Status.down("the last load failed: " + failure);
        }
        return Status.up(succeededMs == NEVER ? "the first load is running" : "the last load succeeded");
    }

    /** Registers the loader's metrics. */
    void register(Metrics metrics) {
        metrics.counters("tailrace_loader_loads_total", "Loads that have ended.", List.of("result"), samples -> {
            samples.add(successes.sum(), "success");
            samples.add(failures.sum(), "failure");
        });
        metrics.gauge("tailrace_loader_running", "1 while a load runs.", () -> running ? 1 : 0);
        metrics.gauge(
                "tailrace_loader_last_success_timestamp_seconds",
                "When a load last succeeded, since 1970; 0 if none has.",
                () -> succeededMs / MS_PER_SECOND);
        metrics.gauge(
                "tailrace_loader_last_load_seconds",
                "How long the last load took that has ended.",
                () -> lastLoadMs / MS_PER_SECOND);
        perTopic(metrics, "rows_total", "Rows added to the table.", counts -> counts.rows.sum());
        perTopic(metrics, "error_rows_total", "Records added to the error table.", counts -> counts.errors.sum());
        perTopic(
                metrics,
                "files_total",
                "Files published, those of the error table included.",
                counts -> counts.files.sum());
        perTopic(
                metrics,
                "skipped_offsets_total",
                "Offsets that retention deleted before they were loaded, and that --skip-gap skipped.",
                counts -> counts.skipped.sum());
        perTopic(
                metrics,
                "topic_failures_total",
                "Loads of the topic that failed or could not be published.",
                counts -> counts.failures.sum());
        metrics.gauges(
                "tailrace_loader_topic_last_success_timestamp_seconds",
                "When the topic was last loaded and published, since 1970; 0 if it never was.",
                TOPIC,
                samples -> topics.forEach((topic, counts) -> samples.add(counts.succeededMs / MS_PER_SECOND, topic)));
    }

    private void perTopic(Metrics metrics, String name, String help, ToLongFunction<TopicCounts> value) {
        metrics.counters(
                "tailrace_loader_" + name,
                help,
                TOPIC,
                samples -> topics.forEach((topic, counts) -> samples.add(value.applyAsLong(counts), topic)));
    }
}
