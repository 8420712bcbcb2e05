package io.tailrace.agent;

import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.checkpoint.CheckpointFile;
import io.tailrace.agent.ship.AuditLedger;
import io.tailrace.agent.ship.Parcel;
import io.tailrace.agent.ship.Shipment;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.client.Producer;
import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
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
 * <p>The order within a step is the promise: what was acknowledged goes to the checkpoint, the checkpoint to the disk,
 * and only then is more of the same file sent. Not thread-safe; {@link AgentLoop} runs it.
 */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);
    private static final long REGISTRY_RETRY_MS = 1_000;

    private final AgentConfig config;
    private final Producer producer;
    private final Runnable wakeUp;
    private final CheckpointFile checkpointFile;
    private final RecordEncoder encoder;
    private final List<Followed> sources = new ArrayList<>();
    private final List<InFlight> inFlight = new ArrayList<>();
    private final AuditLedger ledger;
    private final String identity;

    private @Nullable Shipment auditShipment;
    private Checkpoint written;
    private boolean dirty;
    private boolean checkpointFailed;
    private boolean registered;
    private boolean registryMissed;
    private long registerAtMs = Long.MIN_VALUE;
    private long scanAtMs = Long.MIN_VALUE;
    private long sealAtMs = Long.MIN_VALUE;
    private long inFlightBytes;
    private int firstSource;

    private record Followed(Source source, SourceTail tail, LineShipper shipper) {}

    private record InFlight(FollowedFile file, Chunk chunk, Shipment shipment, long bytes) {}

    /**
     * An agent that goes on from its checkpoint.
     *
     * @param wakeUp called by any thread when a step will find something to do
     * @throws IOException when there is a checkpoint that cannot be used
     */
    Agent(AgentConfig config, Producer producer, SchemaRegistryClient registry, Runnable wakeUp) throws IOException {
        this.config = config;
        this.producer = producer;
        this.wakeUp = wakeUp;
        checkpointFile = new CheckpointFile(config.dataDirectory());
        written = checkpointFile
                .read()
                .orElseGet(() -> Checkpoint.of(UUID.randomUUID().toString()));
        identity = written.agent();
        ledger = new AuditLedger(written.audit());
        encoder = new RecordEncoder(registry, config.host(), config.auditTopic());
        for (Source source : config.sources()) {
            List<FollowedFile.Entry> entries = written.files().stream()
                    .filter(entry -> entry.source().equals(source.name()))
                    .toList();
            sources.add(new Followed(
                    source,
                    new SourceTail(source.tail(), entries),
                    new LineShipper(source, config.host(), config.deadLetterTopic(), encoder)));
        }
    }

    /**
     * Does what can be done without waiting.
     *
     * @return whether there may be more to do at once
     */
    boolean step(long nowMs) {
        if (nowMs >= scanAtMs) {
            sources.forEach(followed -> followed.tail.scan(nowMs));
            scanAtMs = nowMs + config.scanIntervalMs();
            dirty |= !written.files().equals(entries());
        }
        boolean progress = settle(nowMs);
        if (nowMs >= sealAtMs || ledger.isFull()) {
            seal();
            sealAtMs = nowMs + config.auditIntervalMs();
        }
        if (writeCheckpoint() && isRegistered(nowMs)) {
            progress |= sendCounts();
            // With counts that nobody takes, lines of ever more windows would fill the memory.
            progress |= !ledger.isFull() && sendLines(nowMs);
        }
        return progress;
    }

    /** Settles what is in flight without reading more: to be repeated until {@link #isSettled}. */
    void stepToStop(long nowMs) {
        settle(nowMs);
        if (inFlight.isEmpty()) {
            seal();
        }
        if (writeCheckpoint() && isRegistered(nowMs)) {
            sendCounts();
        }
    }

    /** Whether nothing is in flight and the checkpoint says so. */
    boolean isSettled() {
        return inFlight.isEmpty() && auditShipment == null && ledger.sealed().isEmpty() && !ledger.hasOpen() && !dirty;
    }

    /** Whether everything that was there at the last step has been read and acknowledged. */
    boolean isIdle() {
        return registered
                && inFlight.isEmpty()
                && !dirty
                && sources.stream().allMatch(followed -> followed.tail.isAtEnd());
    }

    /** How many lines a crash at this moment would have sent again: the chunks that are not in the checkpoint. */
    int linesInFlight() {
        return inFlight.stream().mapToInt(flight -> flight.chunk.lines().size()).sum();
    }

    private boolean settle(long nowMs) {
        boolean progress = false;
        for (Iterator<InFlight> flights = inFlight.iterator(); flights.hasNext(); ) {
            InFlight flight = flights.next();
            if (flight.shipment.isDelivered(nowMs)) {
                flights.remove();
                inFlightBytes -= flight.bytes;
                flight.file.acknowledged(flight.chunk.end());
                for (Parcel parcel : flight.shipment.parcels()) {
                    ledger.add(parcel.topic(), parcel.eventTimeMs());
                }
                progress = true;
            }
        }
        if (auditShipment != null && auditShipment.isDelivered(nowMs)) {
            auditShipment = null;
            ledger.acknowledged();
            progress = true;
        }
        dirty |= progress;
        return progress;
    }

    private void seal() {
        if (ledger.sealed().isEmpty() && ledger.hasOpen()) {
            ledger.seal();
            dirty = true;
        }
    }

    /** Brings the checkpoint on disk up to date; nothing may be sent while that fails. */
    private boolean writeCheckpoint() {
        if (!dirty) {
            return true;
        }
        Checkpoint checkpoint = new Checkpoint(identity, entries(), ledger.state());
        try {
            checkpointFile.write(checkpoint);
        } catch (IOException e) {
            if (!checkpointFailed) {
                log.error("cannot write the checkpoint; reading stops until it can be written", e);
            }
            checkpointFailed = true;
            return false;
        }
        checkpointFailed = false;
        written = checkpoint;
        dirty = false;
        return true;
    }

    private List<FollowedFile.Entry> entries() {
        List<FollowedFile.Entry> entries = new ArrayList<>();
        sources.forEach(followed -> entries.addAll(followed.tail.entries()));
        // A source that is not configured any more keeps its place, for when it is again.
        written.files().stream()
                .filter(entry -> config.sources().stream()
                        .noneMatch(source -> source.name().equals(entry.source())))
                .forEach(entries::add);
        return entries;
    }

    private boolean isRegistered(long nowMs) {
        if (registered || nowMs < registerAtMs) {
            return registered;
        }
        try {
            encoder.register(config.deadLetterTopic(), Schemas.DEAD_LETTER);
            encoder.register(config.auditTopic(), Schemas.AUDIT_COUNT);
            sources.forEach(followed -> followed.shipper.register());
            registered = true;
            if (registryMissed) {
                log.info("the schema registry answers");
            }
        } catch (SchemaRegistryException e) {
            if (!e.isRetriable()) {
                throw e;
            }
            if (!registryMissed) {
                log.warn("the schema registry does not answer; nothing is read until it does: {}", e.getMessage());
            }
            registryMissed = true;
            registerAtMs = nowMs + REGISTRY_RETRY_MS;
        }
        return registered;
    }

    private boolean sendCounts() {
        if (auditShipment != null || ledger.sealed().isEmpty()) {
            return false;
        }
        List<Parcel> counts = ledger.sealed().stream()
                .map(count -> encoder.audit(identity, count))
                .toList();
        auditShipment = new Shipment(producer, counts, wakeUp);
        return true;
    }

    private boolean sendLines(long nowMs) {
        boolean sent = false;
        firstSource = (firstSource + 1) % sources.size();
        for (int index = 0; index < sources.size(); index++) {
            Followed followed = sources.get((firstSource + index) % sources.size());
            for (FollowedFile file : followed.tail.readable()) {
                if (inFlightBytes >= config.inFlightBytesMax()) {
                    return sent;
                }
                Optional<Chunk> chunk = followed.tail.read(file, nowMs);
                if (chunk.isPresent()) {
                    send(followed, file, chunk.get(), nowMs);
                    sent = true;
                }
            }
        }
        return sent;
    }

    private void send(Followed followed, FollowedFile file, Chunk chunk, long nowMs) {
        byte[] key = encoder.keyOf(file.file());
        List<Parcel> parcels = chunk.lines().stream()
                .map(line -> followed.shipper.parcel(file.file(), key, line, nowMs))
                .toList();
        long bytes = chunk.memoryBytes();
        inFlightBytes += bytes;
        inFlight.add(new InFlight(file, chunk, new Shipment(producer, parcels, wakeUp), bytes));
    }

    @Override
    public void close() {
        sources.forEach(followed -> followed.tail.close());
        producer.close();
    }
}
