package io.tailrace.agent;

import io.tailrace.agent.delivery.LineCounts;
import io.tailrace.agent.tail.SourceTail.Overview;
import io.tailrace.metrics.Health;
import io.tailrace.metrics.Metrics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What an agent shows of its work. Its thread reports here; any thread may read. */
final class AgentMonitor implements Health {
    /** An agent that does nothing for this long, or a source whose lines brokers do not acknowledge, makes it unready. */
    static final long SILENCE_MS_MAX = 60_000;

    private static final List<String> SOURCE = List.of("source");
    private static final double MS_PER_SECOND = 1000;

    private final AgentConfig config;
    private final LongSupplier steadyMs;
    private final Map<String, SourceCounts> sources = new LinkedHashMap<>();
    private volatile State state = new State(List.of("the agent has not started yet"), 0, false, 0, false);
    private volatile @Nullable Throwable failure;
    /** Wall-clock time, for people; readiness is judged by the steady clock. */
    private volatile long acknowledgedMs;

    private volatile long steppedMs;
    private volatile Map<String, Long> readUpToMs;

    private static final class SourceCounts {
        private final LongAdder lines = new LongAdder();
        private final LongAdder bytes = new LongAdder();
        private final LongAdder deadLetters = new LongAdder();
        private final LongAdder filtered = new LongAdder();
        private volatile Overview overview = new Overview(0, 0, 0, 0);
    }

    /**
     * The agent after a step.
     *
     * @param problems why lines are not sent, each with its source; empty if all are
     * @param waitingSources how many of the sources have a problem
     * @param checkpointFailed whether the checkpoint could not be written
     * @param inFlightBytes memory of lines that are not acknowledged
     * @param countsInFlight whether counts are sent and not acknowledged
     */
    record State(
            List<String> problems,
            int waitingSources,
            boolean checkpointFailed,
            long inFlightBytes,
            boolean countsInFlight) {
        boolean isAllAcknowledged() {
            return inFlightBytes == 0 && !countsInFlight;
        }
    }

    /** @param steadyMs milliseconds since an arbitrary moment; never goes back, and does not jump when the clock is set */
    AgentMonitor(AgentConfig config, LongSupplier steadyMs) {
        this.config = config;
        this.steadyMs = steadyMs;
        this.steppedMs = steadyMs.getAsLong();
        config.sources().forEach(source -> sources.put(source.name(), new SourceCounts()));
        Map<String, Long> unknown = new HashMap<>(Map.of(config.deadLetterTopic(), 0L));
        config.sources().forEach(source -> unknown.put(source.topic(), 0L));
        readUpToMs = Map.copyOf(unknown);
    }

    private SourceCounts of(Source source) {
        SourceCounts counts = sources.get(source.name());
        if (counts == null) {
            throw new IllegalStateException("unknown source " + source.name());
        }
        return counts;
    }

    /** The agent's thread ends when {@code ended} completes. */
    void watch(CompletionStage<Void> ended) {
        var unused = ended.exceptionally(cause -> {
            failure = cause;
            return null;
        });
    }

    /** Directories were listed. */
    void scanned(Source source, Overview overview) {
        of(source).overview = overview;
    }

    /** The brokers have acknowledged all lines of a chunk. */
    void acknowledged(Source source, LineCounts lines, long wallMs) {
        SourceCounts counts = of(source);
        counts.lines.add(lines.lines());
        counts.bytes.add(lines.bytes());
        counts.deadLetters.add(lines.deadLetters());
        counts.filtered.add(lines.filtered());
        acknowledgedMs = wallMs;
    }

    /** The brokers have acknowledged counts. */
    void countsAcknowledged(long wallMs) {
        acknowledgedMs = wallMs;
    }

    /** The agent has stated up to which event time each topic's lines are sent. */
    void stated(Map<String, Long> upToMs) {
        readUpToMs = Map.copyOf(upToMs);
    }

    /** A step has ended. */
    void stepped(State now) {
        state = now;
        steppedMs = steadyMs.getAsLong();
    }

    @Override
    public Status live() {
        Throwable cause = failure;
        return cause == null ? Status.up("agent is running") : Status.down("agent has failed: " + cause);
    }

    @Override
    public Status ready() {
        State now = state;
        long nowMs = steadyMs.getAsLong();
        long idleMs = nowMs - steppedMs;
        if (!live().ok()) {
            return live();
        }
        if (idleMs > SILENCE_MS_MAX) {
            return Status.down("agent has not come back from a file or disk for " + idleMs / 1000 + " s");
        }
        if (!now.problems().isEmpty()) {
            return Status.down(String.join("; ", now.problems()));
        }
        if (now.checkpointFailed()) {
            return Status.down("agent reads no logs: the checkpoint cannot be written to " + config.dataDirectory());
        }
        return Status.up(
                now.isAllAcknowledged()
                        ? "everything that was read is acknowledged"
                        : "brokers acknowledge what is sent");
    }

    /** Registers the agent's metrics. */
    void register(Metrics metrics) {
        counters(metrics, "lines_total", "Lines that brokers have acknowledged.", counts -> counts.lines.sum());
        counters(metrics, "bytes_total", "Bytes of those lines.", counts -> counts.bytes.sum());
        counters(
                metrics,
                "dead_letters_total",
                "Those of the lines that could not become records.",
                counts -> counts.deadLetters.sum());
        counters(
                metrics,
                "filtered_lines_total",
                "Lines that were read and not sent: keep, drop and sample.percent.",
                counts -> counts.filtered.sum());
        gauges(metrics, "files", "Files that are followed.", counts -> counts.overview.files());
        gauges(
                metrics,
                "waiting_files",
                "Those of the files that have unread bytes and wait for a descriptor.",
                counts -> counts.overview.waiting());
        gauges(metrics, "unreadable_paths", "Paths that cannot be read.", counts -> counts.overview.unreadable());
        gauges(
                metrics,
                "backlog_bytes",
                "Bytes of the files that are not acknowledged; without compressed files.",
                counts -> (double) counts.overview.backlogBytes());
        metrics.gauge("tailrace_agent_in_flight_bytes", "Memory of lines that are read and not final.", () ->
                (double) state.inFlightBytes());
        metrics.gauge("tailrace_agent_in_flight_limit_bytes", "in.flight.bytes.max: above it, nothing is read.", () ->
                (double) config.inFlightBytesMax());
        metrics.gauge(
                "tailrace_agent_last_acknowledgement_timestamp_seconds",
                "When brokers last acknowledged something, since 1970; 0 if they have not.",
                () -> acknowledgedMs / MS_PER_SECOND);
        metrics.gauge(
                "tailrace_agent_checkpoint_failed",
                "1 while the checkpoint cannot be written, so that nothing is read.",
                () -> state.checkpointFailed() ? 1 : 0);
        metrics.gauge(
                "tailrace_agent_waiting_sources",
                "Sources that wait: their schema is not registered, no broker knows their topic, or brokers have not"
                        + " acknowledged lines for a minute.",
                () -> state.waitingSources());
        readUpTo(metrics);
    }

    private void readUpTo(Metrics metrics) {
        metrics.gauges(
                "tailrace_agent_read_up_to_timestamp_seconds",
                "Up to which event time, since 1970, all lines are acknowledged and counted; 0 if not known yet.",
                List.of("topic"),
                samples -> readUpToMs.forEach((topic, ms) -> samples.add(ms / MS_PER_SECOND, topic)));
    }

    private void counters(Metrics metrics, String name, String help, ToLongFunction<SourceCounts> value) {
        metrics.counters(
                "tailrace_agent_" + name,
                help,
                SOURCE,
                samples -> sources.forEach((source, counts) -> samples.add(value.applyAsLong(counts), source)));
    }

    private void gauges(Metrics metrics, String name, String help, ToDoubleFunction<SourceCounts> value) {
        metrics.gauges(
                "tailrace_agent_" + name,
                help,
                SOURCE,
                samples -> sources.forEach((source, counts) -> samples.add(value.applyAsDouble(counts), source)));
    }
}
