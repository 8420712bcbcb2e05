package io.tailrace.agent;

import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.agent.tail.TailResources;
import io.tailrace.client.Producer;
import java.util.List;
import java.util.stream.Stream;

/** A source that is followed, whether its lines can be sent, and what is in flight of it. Not thread-safe. */
final class TailedSource implements AutoCloseable {
    private final Source source;
    private final SourceTail tail;
    private final LineEncoder encoder;
    private final SendGate gate;
    private final Silence silence;
    private final RateLimit rate;
    private boolean isOpen;
    private long inFlightBytes;
    private long acceptedBytes;
    /** {@link SourceTail#advances} when that was last asked. */
    private long advances;

    private TailedSource(Source source, SourceTail tail, LineEncoder encoder, SendGate gate) {
        this.source = source;
        this.tail = tail;
        this.encoder = encoder;
        this.gate = gate;
        this.rate = new RateLimit(source.rules().linesPerSecMax());
        this.silence = new Silence("source " + source.name());
    }

    /** A source that continues from a checkpoint. */
    static TailedSource of(
            Source source, AgentConfig config, TailResources shared, Checkpoint checkpoint, Topics topics) {
        LineEncoder lines = new LineEncoder(source, config);
        SendGate gate = new SendGate(
                "source " + source.name(),
                nowMs -> lines.isRegistered(topics.ids, nowMs),
                () -> topics.producer.unavailability(source.topic()));
        List<FileProgress> progress = checkpoint.files().stream()
                .filter(file -> file.source().equals(source.name()))
                .toList();
        SourceTail tail = new SourceTail(source.tail(), shared, progress);
        tail.skip(checkpoint.filesToSkip());
        if (!checkpoint.sources().contains(source.name())) {
            tail.setNew();
        }
        return new TailedSource(source, tail, lines, gate);
    }

    /**
     * What says whether a source's lines can be sent.
     *
     * @param ids registers their schemas
     * @param producer knows their topics
     */
    record Topics(SchemaIds ids, Producer producer) {}

    Source source() {
        return source;
    }

    String name() {
        return source.name();
    }

    String topic() {
        return source.topic();
    }

    SourceTail tail() {
        return tail;
    }

    LineEncoder encoder() {
        return encoder;
    }

    /** Tries to open the source's gate. While it is closed, the files of the source make way for others. */
    void tryGate(long steadyMs) {
        isOpen = gate.isOpen(steadyMs);
        tail.setReading(isOpen);
    }

    /** Whether its lines can be sent. */
    boolean isOpen() {
        return isOpen;
    }

    /** For how long its lines have not been acknowledged. */
    Silence silence() {
        return silence;
    }

    RateLimit rate() {
        return rate;
    }

    /** Memory of its lines that are read and not final. */
    long inFlightBytes() {
        return inFlightBytes;
    }

    void addInFlight(long bytes) {
        inFlightBytes += bytes;
    }

    /** That of its lines which brokers have accepted, and which are not final. */
    long acceptedBytes() {
        return acceptedBytes;
    }

    void addAccepted(long bytes) {
        acceptedBytes += bytes;
    }

    /** Whether it got further in a file since this was last called. */
    boolean takeAdvanced() {
        long before = advances;
        advances = tail.advances();
        return advances != before;
    }

    /** Whether nothing is left to read or to wait for, or the source has waited for long enough. */
    boolean isDone(long steadyMs) {
        return gate.problem().isPresent() ? gate.isGivenUp(steadyMs) : inFlightBytes == 0 && tail.isAtEnd();
    }

    /**
     * Why its lines are not sent.
     *
     * @param silenceMs lines that brokers have not acknowledged for this long count
     */
    Stream<String> problems(long steadyMs, long silenceMs) {
        return Stream.concat(gate.problem().stream(), silence.problem(steadyMs, silenceMs).stream());
    }

    @Override
    public void close() {
        tail.close();
    }
}
