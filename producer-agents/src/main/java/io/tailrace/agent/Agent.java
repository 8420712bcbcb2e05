package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.delivery.Delivery;
import io.tailrace.agent.delivery.OutgoingRecord;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import org.apache.avro.util.Utf8;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent does, one step at a time.
 *
 * <p>The order within a step is the guarantee: acknowledged positions, and what is read to be sent next, enter the
 * checkpoint, the checkpoint is forced to disk, and only then is it sent. So a line that is sent again after a crash is the
 * same record. Not thread-safe; {@link AgentLoop} runs it.
 */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final AgentConfig config;
    private final Connections connections;
    private final Runnable wakeUp;
    private final AgentCheckpointFile checkpointFile;
    private final RecordEncoder encoder;
    private final SchemaRegistration registration;
    private final List<TailedSource> sources = new ArrayList<>();
    /** Read, and sent once the checkpoint is written. */
    private final List<Read> read = new ArrayList<>();

    private final List<InFlight> inFlight = new ArrayList<>();
    private final AuditReporter audit;
    private final boolean isAudited;
    private final String identity;
    private final AgentMonitor monitor;

    private Checkpoint written;
    /** Whether {@link #written} is out of date. */
    private boolean dirty;

    private boolean checkpointFailed;
    private long scanAtMs = Long.MIN_VALUE;
    private long sealAtMs = Long.MAX_VALUE;
    private long inFlightBytes;
    private int firstSource;

    private record TailedSource(Source source, SourceTail tail, LineConverter converter) {}

    private record Read(TailedSource source, FollowedFile file, Chunk chunk) {}

    private record InFlight(Source source, FollowedFile file, Chunk chunk, Delivery delivery) {}

    /**
     * An agent that continues from its checkpoint.
     *
     * @param wakeUp called by any thread when a step will have something to do
     * @param monitor shows what the agent does
     * @throws IOException if the checkpoint exists and cannot be used
     */
    Agent(AgentConfig config, Connections connections, Runnable wakeUp, AgentMonitor monitor) throws IOException {
        this(config, connections, wakeUp, monitor, true);
    }

    /**
     * As the other constructor.
     *
     * @param isAudited false to count and sum no lines, so that the cost of that can be measured
     */
    Agent(AgentConfig config, Connections connections, Runnable wakeUp, AgentMonitor monitor, boolean isAudited)
            throws IOException {
        this.isAudited = isAudited;
        this.config = config;
        this.monitor = monitor;
        this.connections = connections;
        this.wakeUp = wakeUp;
        checkpointFile = new AgentCheckpointFile(config.dataDirectory());
        written = checkpointFile
                .read()
                .orElseGet(() -> Checkpoint.initial(UUID.randomUUID().toString()));
        identity = written.agent();
        encoder = new RecordEncoder(connections.registry(), config.host(), config.audit());
        audit = new AuditReporter(config, encoder, connections, wakeUp, written);
        for (Source source : config.sources()) {
            List<FileProgress> progress = written.files().stream()
                    .filter(file -> file.source().equals(source.name()))
                    .toList();
            sources.add(new TailedSource(
                    source,
                    new SourceTail(source.tail(), progress),
                    new LineConverter(source, config.host(), config.deadLetterTopic(), encoder)));
        }
        registration = new SchemaRegistration(this::registerSchemas);
    }

    private void registerSchemas() {
        encoder.register(config.deadLetterTopic(), Schemas.DEAD_LETTER);
        encoder.register(config.audit().topic(), Schemas.AUDIT_COUNT);
        encoder.register(config.audit().progressTopic(), Schemas.AUDIT_PROGRESS);
        sources.forEach(source -> source.converter.register());
    }

    /**
     * Does what can be done without waiting.
     *
     * @return whether another step may have something to do at once
     */
    boolean step(long nowMs) {
        if (nowMs >= scanAtMs) {
            sources.forEach(source -> source.tail.scan(nowMs));
            sources.forEach(source -> monitor.scanned(source.source, source.tail.overview()));
            scanAtMs = nowMs + config.scanIntervalMs();
            dirty |= !written.files().equals(progress());
        }
        boolean advanced = takeAcknowledgements(nowMs);
        // The first statement comes after an interval, when the files have been read.
        sealAtMs = Math.min(sealAtMs, nowMs + config.audit().intervalMs());
        if (nowMs >= sealAtMs || audit.isFull()) {
            seal(nowMs, false);
            sealAtMs = nowMs + config.audit().intervalMs();
        }
        // If counts are not acknowledged, more lines would fill the memory with counts of new windows.
        if (registration.attempt(nowMs) && !checkpointFailed && !audit.isFull()) {
            readLines(nowMs);
        }
        if (writeCheckpoint() && registration.isDone()) {
            advanced |= audit.send(nowMs);
            advanced |= sendLines();
        }
        monitor.stepped(
                new AgentMonitor.State(registration.isDone(), checkpointFailed, inFlightBytes, audit.isInFlight()));
        return advanced;
    }

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(long nowMs) {
        takeAcknowledgements(nowMs);
        boolean isRegistered = registration.attempt(nowMs);
        if (inFlight.isEmpty() && isRegistered) {
            seal(nowMs, true);
        }
        if (writeCheckpoint() && isRegistered) {
            audit.send(nowMs);
        }
    }

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled() {
        return inFlight.isEmpty() && audit.isSettled() && !dirty;
    }

    /** Whether everything that the files held at the last step has been read and acknowledged. */
    boolean isIdle() {
        return registration.isDone()
                && read.isEmpty()
                && inFlight.isEmpty()
                && !dirty
                && sources.stream().allMatch(source -> source.tail.isAtEnd());
    }

    /** How many lines would be sent again after a crash now: those of the chunks that the checkpoint does not cover. */
    int linesInFlight() {
        return inFlight.stream().mapToInt(flight -> flight.chunk.lines().size()).sum();
    }

    private boolean takeAcknowledgements(long nowMs) {
        boolean advanced = false;
        for (Iterator<InFlight> flights = inFlight.iterator(); flights.hasNext(); ) {
            InFlight flight = flights.next();
            if (flight.delivery.advance(nowMs)) {
                flights.remove();
                inFlightBytes -= flight.chunk.memoryBytes();
                flight.file.acknowledge(flight.chunk.end());
                if (isAudited) {
                    audit.acknowledged(flight.file.contentId(), flight.delivery.records(), nowMs);
                }
                monitor.acknowledged(flight.source, flight.chunk, deadLetters(flight), nowMs);
                advanced = true;
            }
        }
        if (audit.takeAcknowledgements(nowMs)) {
            monitor.countsAcknowledged(nowMs);
            advanced = true;
        }
        dirty |= advanced;
        return advanced;
    }

    private long deadLetters(InFlight flight) {
        return flight.delivery.records().stream()
                .filter(record -> record.rejectedFrom() != null)
                .count();
    }

    private void seal(long nowMs, boolean stopping) {
        List<AuditReporter.SourceState> states = sources.stream()
                .map(source -> new AuditReporter.SourceState(source.source.topic(), source.tail.readState(nowMs)))
                .toList();
        if (audit.seal(states, nowMs, stopping)) {
            dirty = true;
            monitor.stated(audit.readUpToMs());
        }
    }

    /**
     * Brings the checkpoint on disk up to date.
     *
     * @return false if that failed: nothing may be sent until it succeeds
     */
    private boolean writeCheckpoint() {
        if (!dirty) {
            return true;
        }
        Checkpoint checkpoint = new Checkpoint(identity, progress(), audit.counts(), audit.readUpToMs());
        try {
            checkpointFile.write(checkpoint);
        } catch (IOException e) {
            if (!checkpointFailed) {
                log.error("cannot write the checkpoint, reading no logs until that succeeds", e);
            }
            checkpointFailed = true;
            return false;
        }
        checkpointFailed = false;
        written = checkpoint;
        dirty = false;
        return true;
    }

    private List<FileProgress> progress() {
        List<FileProgress> progress = new ArrayList<>();
        sources.forEach(source -> progress.addAll(source.tail.progress()));
        // A source that was removed from the configuration keeps its progress, in case it comes back.
        written.files().stream()
                .filter(file -> config.sources().stream()
                        .noneMatch(source -> source.name().equals(file.source())))
                .forEach(progress::add);
        return progress;
    }

    private void readLines(long nowMs) {
        firstSource = (firstSource + 1) % sources.size();
        for (int index = 0; index < sources.size(); index++) {
            TailedSource source = sources.get((firstSource + index) % sources.size());
            for (FollowedFile file : source.tail.readable()) {
                if (inFlightBytes >= config.inFlightBytesMax()) {
                    return;
                }
                source.tail.read(file, nowMs).ifPresent(chunk -> {
                    read.add(new Read(source, file, chunk));
                    inFlightBytes += chunk.memoryBytes();
                    dirty = true;
                });
            }
        }
    }

    private boolean sendLines() {
        boolean sent = !read.isEmpty();
        read.forEach(this::send);
        read.clear();
        return sent;
    }

    private void send(Read lines) {
        FollowedFile file = lines.file;
        Chunk chunk = lines.chunk;
        Origin origin = new Origin(new Utf8(file.file()), new Utf8(file.contentId()), encoder.keyOf(file.file()));
        List<OutgoingRecord> records = chunk.lines().stream()
                .map(line -> lines.source.converter.convert(origin, line, chunk.readMs()))
                .toList();
        Delivery delivery = new Delivery(connections.producer(), records, wakeUp);
        inFlight.add(new InFlight(lines.source.source, file, chunk, delivery));
    }

    @Override
    public void close() {
        sources.forEach(source -> source.tail.close());
        connections.producer().close();
    }
}
