package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.delivery.AuditLedger;
import io.tailrace.agent.delivery.Delivery;
import io.tailrace.agent.delivery.OutgoingRecord;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.client.Producer;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.Schemas;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent does, one step at a time.
 *
 * <p>The order within a step is the guarantee: acknowledged positions enter the checkpoint, the checkpoint is forced to
 * disk, and only then is more of the same file sent. Not thread-safe; {@link AgentLoop} runs it.
 */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final AgentConfig config;
    private final Producer producer;
    private final Runnable wakeUp;
    private final AgentCheckpointFile checkpointFile;
    private final RecordEncoder encoder;
    private final SchemaRegistration registration;
    private final List<TailedSource> sources = new ArrayList<>();
    private final List<InFlight> inFlight = new ArrayList<>();
    private final AuditLedger ledger;
    private final String identity;
    private final AgentMonitor monitor;

    private @Nullable Delivery auditDelivery;
    private Checkpoint written;
    /** Whether {@link #written} is out of date. */
    private boolean dirty;

    private boolean checkpointFailed;
    private long scanAtMs = Long.MIN_VALUE;
    private long sealAtMs = Long.MIN_VALUE;
    private long inFlightBytes;
    private int firstSource;

    private record TailedSource(Source source, SourceTail tail, LineConverter converter) {}

    private record InFlight(Source source, FollowedFile file, Chunk chunk, Delivery delivery, long bytes) {}

    /**
     * An agent that continues from its checkpoint.
     *
     * @param wakeUp called by any thread when a step will have something to do
     * @param monitor shows what the agent does
     * @throws IOException if the checkpoint exists and cannot be used
     */
    Agent(AgentConfig config, Producer producer, SchemaRegistryClient registry, Runnable wakeUp, AgentMonitor monitor)
            throws IOException {
        this.config = config;
        this.monitor = monitor;
        this.producer = producer;
        this.wakeUp = wakeUp;
        checkpointFile = new AgentCheckpointFile(config.dataDirectory());
        written = checkpointFile
                .read()
                .orElseGet(() -> Checkpoint.initial(UUID.randomUUID().toString()));
        identity = written.agent();
        ledger = new AuditLedger(written.audit());
        encoder = new RecordEncoder(registry, config.host(), config.auditTopic());
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
        encoder.register(config.auditTopic(), Schemas.AUDIT_COUNT);
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
        if (nowMs >= sealAtMs || ledger.isFull()) {
            seal();
            sealAtMs = nowMs + config.auditIntervalMs();
        }
        if (writeCheckpoint() && registration.attempt(nowMs)) {
            advanced |= sendCounts();
            // If counts are not acknowledged, more lines would fill the memory with counts of new windows.
            advanced |= !ledger.isFull() && sendLines(nowMs);
        }
        monitor.stepped(
                new AgentMonitor.State(registration.isDone(), checkpointFailed, inFlightBytes, auditDelivery != null));
        return advanced;
    }

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(long nowMs) {
        takeAcknowledgements(nowMs);
        if (inFlight.isEmpty()) {
            seal();
        }
        if (writeCheckpoint() && registration.attempt(nowMs)) {
            sendCounts();
        }
    }

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled() {
        return inFlight.isEmpty() && auditDelivery == null && ledger.sealed().isEmpty() && !ledger.hasOpen() && !dirty;
    }

    /** Whether everything that the files held at the last step has been read and acknowledged. */
    boolean isIdle() {
        return registration.isDone()
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
                inFlightBytes -= flight.bytes;
                flight.file.acknowledge(flight.chunk.end());
                flight.delivery.records().forEach(record -> ledger.add(record.topic(), record.eventTimeMs()));
                monitor.acknowledged(flight.source, flight.chunk, deadLetters(flight), nowMs);
                advanced = true;
            }
        }
        if (auditDelivery != null && auditDelivery.advance(nowMs)) {
            auditDelivery = null;
            ledger.acknowledge();
            monitor.countsAcknowledged(nowMs);
            advanced = true;
        }
        dirty |= advanced;
        return advanced;
    }

    private long deadLetters(InFlight flight) {
        return flight.delivery.records().stream()
                .filter(record -> record.topic().equals(config.deadLetterTopic()))
                .count();
    }

    private void seal() {
        if (ledger.sealed().isEmpty() && ledger.hasOpen()) {
            ledger.seal();
            dirty = true;
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
        Checkpoint checkpoint = new Checkpoint(identity, progress(), ledger.state());
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

    private boolean sendCounts() {
        if (auditDelivery != null || ledger.sealed().isEmpty()) {
            return false;
        }
        List<OutgoingRecord> counts = ledger.sealed().stream()
                .map(count -> encoder.audit(identity, count))
                .toList();
        auditDelivery = new Delivery(producer, counts, wakeUp);
        return true;
    }

    private boolean sendLines(long nowMs) {
        boolean sent = false;
        firstSource = (firstSource + 1) % sources.size();
        for (int index = 0; index < sources.size(); index++) {
            TailedSource source = sources.get((firstSource + index) % sources.size());
            for (FollowedFile file : source.tail.readable()) {
                if (inFlightBytes >= config.inFlightBytesMax()) {
                    return sent;
                }
                Optional<Chunk> chunk = source.tail.read(file, nowMs);
                if (chunk.isPresent()) {
                    send(source, file, chunk.get(), nowMs);
                    sent = true;
                }
            }
        }
        return sent;
    }

    private void send(TailedSource source, FollowedFile file, Chunk chunk, long nowMs) {
        byte[] key = encoder.keyOf(file.file());
        List<OutgoingRecord> records = chunk.lines().stream()
                .map(line -> source.converter.convert(file.file(), key, line, nowMs))
                .toList();
        long bytes = chunk.memoryBytes();
        inFlightBytes += bytes;
        inFlight.add(new InFlight(source.source, file, chunk, new Delivery(producer, records, wakeUp), bytes));
    }

    @Override
    public void close() {
        sources.forEach(source -> source.tail.close());
        producer.close();
    }
}
