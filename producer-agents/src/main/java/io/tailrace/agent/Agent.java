package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.delivery.ChunkDelivery;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.SourceTail;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an agent does, one step at a time.
 *
 * <p>The order within a step is the guarantee: acknowledged positions, and what is read to be sent next, enter the
 * checkpoint, the checkpoint is written, and only then is it sent. So a line that is sent again after a crash is the same
 * record. Not thread-safe; {@link AgentLoop} runs it.
 */
final class Agent implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Agent.class);

    private final AgentConfig config;
    private final Connections connections;
    private final Runnable wakeUp;
    private final AgentCheckpointFile checkpointFile;
    private final SendGate auditGate;
    private final List<TailedSource> sources = new ArrayList<>();
    /** Read, and sent once the checkpoint is written. */
    private final List<Read> read = new ArrayList<>();

    private final List<InFlight> inFlight = new ArrayList<>();
    private final AuditReporter audit;
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

    /** A source, and what the agent knows of it. */
    private static final class TailedSource {
        private final Source source;
        private final SourceTail tail;
        private final LineEncoder encoder;
        private final SendGate gate;
        private long inFlightBytes;

        private TailedSource(Source source, SourceTail tail, LineEncoder encoder, SendGate gate) {
            this.source = source;
            this.tail = tail;
            this.encoder = encoder;
            this.gate = gate;
        }
    }

    private record Read(TailedSource source, FollowedFile file, Chunk chunk) {}

    private record InFlight(TailedSource source, FollowedFile file, ChunkDelivery delivery) {}

    /**
     * An agent that continues from its checkpoint.
     *
     * @param wakeUp called by any thread when a step will have something to do
     * @param monitor shows what the agent does
     * @throws IOException if the checkpoint exists and cannot be used
     */
    Agent(AgentConfig config, Connections connections, Runnable wakeUp, AgentMonitor monitor) throws IOException {
        this(config, new AgentCheckpointFile(config.dataDirectory()), connections, wakeUp, monitor);
    }

    /** An agent that continues from a checkpoint on a disk of the caller's. */
    Agent(
            AgentConfig config,
            AgentCheckpointFile checkpointFile,
            Connections connections,
            Runnable wakeUp,
            AgentMonitor monitor)
            throws IOException {
        this.config = config;
        this.monitor = monitor;
        this.connections = connections;
        this.wakeUp = wakeUp;
        this.checkpointFile = checkpointFile;
        written = checkpointFile
                .read()
                .orElseGet(() -> Checkpoint.initial(UUID.randomUUID().toString()));
        identity = written.agent();
        SchemaIds ids = new SchemaIds(connections.registry());
        AuditRecords auditRecords = new AuditRecords(ids, config.host(), config.audit());
        audit = new AuditReporter(config, auditRecords, connections, wakeUp, written);
        for (Source source : config.sources()) {
            List<FileProgress> progress = written.files().stream()
                    .filter(file -> file.source().equals(source.name()))
                    .toList();
            LineEncoder lines = new LineEncoder(source, config, ids);
            SendGate gate = new SendGate("source " + source.name(), lines::register, () -> connections
                    .producer()
                    .unavailability(source.topic()));
            SourceTail tail =
                    new SourceTail(source.tail(), config.dataDirectory().getFileSystem(), progress);
            sources.add(new TailedSource(source, tail, lines, gate));
        }
        auditGate = new SendGate("audit", auditRecords::register, () -> connections
                .producer()
                .unavailability(config.audit().topic()));
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
        if (!checkpointFailed && !audit.isFull()) {
            readLines(nowMs);
        }
        if (writeCheckpoint(nowMs)) {
            if (auditGate.isOpen(nowMs)) {
                advanced |= audit.send(nowMs);
            }
            advanced |= sendLines();
        }
        monitor.stepped(new AgentMonitor.State(problems(), checkpointFailed, inFlightBytes, audit.isInFlight()));
        return advanced;
    }

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(long nowMs) {
        takeAcknowledgements(nowMs);
        boolean mayCount = auditGate.isOpen(nowMs);
        if (inFlight.isEmpty() && mayCount) {
            seal(nowMs, true);
        }
        if (writeCheckpoint(nowMs) && mayCount) {
            audit.send(nowMs);
        }
    }

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled() {
        return inFlight.isEmpty() && audit.isSettled() && !dirty;
    }

    /**
     * Whether everything that the files held at the last step has been read and acknowledged, except for sources that have waited for
     * {@link SendGate#GIVE_UP_MS}: see {@link #problems}.
     */
    boolean isIdle(long nowMs) {
        return read.isEmpty()
                && inFlight.isEmpty()
                && !dirty
                && sources.stream()
                        .allMatch(source -> source.gate.problem().isPresent()
                                ? source.gate.isGivenUp(nowMs)
                                : source.tail.isAtEnd());
    }

    /** What was left out of a run that ends by itself: {@link #problems}, and paths that match nothing or cannot be read. */
    List<String> leftOut() {
        List<String> leftOut = new ArrayList<>(problems());
        for (TailedSource source : sources) {
            source.tail.problems().forEach(problem -> leftOut.add("source " + source.source.name() + ": " + problem));
        }
        return leftOut;
    }

    /** Why lines are not read, each with the source's name; empty if all are. */
    List<String> problems() {
        return Stream.concat(sources.stream().map(source -> source.gate), Stream.of(auditGate))
                .flatMap(gate -> gate.problem().stream())
                .toList();
    }

    /** How many lines would be sent again after a crash now: those of the chunks that the checkpoint does not cover. */
    int linesInFlight() {
        return inFlight.stream()
                .mapToInt(flight -> flight.delivery.chunk().lines().count())
                .sum();
    }

    private boolean takeAcknowledgements(long nowMs) {
        boolean advanced = false;
        Set<FollowedFile> waiting = new HashSet<>();
        for (Iterator<InFlight> flights = inFlight.iterator(); flights.hasNext(); ) {
            InFlight flight = flights.next();
            boolean isDone = flight.delivery.advance(nowMs);
            // A position is acknowledged with all lines before it.
            if (!isDone || waiting.contains(flight.file)) {
                waiting.add(flight.file);
            } else {
                flights.remove();
                acknowledged(flight, nowMs);
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

    private void acknowledged(InFlight flight, long nowMs) {
        Chunk chunk = flight.delivery.chunk();
        addInFlight(flight.source, -chunk.memoryBytes());
        flight.file.acknowledge(chunk.end());
        Source source = flight.source.source;
        audit.acknowledged(flight.file.contentId(), source.topic(), flight.delivery.acknowledged(), nowMs);
        monitor.acknowledged(source, chunk, flight.delivery.deadLetters(), nowMs);
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
    private boolean writeCheckpoint(long nowMs) {
        Checkpoint checkpoint =
                dirty ? new Checkpoint(identity, progress(), audit.counts(), audit.readUpToMs()) : written;
        try {
            if (dirty) {
                checkpointFile.write(checkpoint, nowMs);
            } else {
                checkpointFile.forceIfDue(nowMs);
            }
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

    /** Reads a chunk of each file in turn, and another one as long as there are any and memory is left for them. */
    private void readLines(long nowMs) {
        firstSource = (firstSource + 1) % sources.size();
        boolean any = true;
        while (any) {
            any = false;
            for (int index = 0; index < sources.size(); index++) {
                any |= readLines(sources.get((firstSource + index) % sources.size()), nowMs);
            }
        }
    }

    /** Reads a chunk of each file of a source. Returns whether there was one. */
    private boolean readLines(TailedSource source, long nowMs) {
        if (!source.gate.isOpen(nowMs)) {
            return false;
        }
        boolean any = false;
        for (FollowedFile file : source.tail.readable()) {
            if (!hasRoom(source)) {
                return false;
            }
            Optional<Chunk> chunk = source.tail.read(file, nowMs);
            if (chunk.isPresent()) {
                read.add(new Read(source, file, chunk.get()));
                addInFlight(source, chunk.get().memoryBytes());
                dirty = true;
                any = true;
            }
        }
        return any;
    }

    private void addInFlight(TailedSource source, long bytes) {
        inFlightBytes += bytes;
        source.inFlightBytes += bytes;
    }

    /** Each source may have one chunk. Beyond that, one that brokers do not acknowledge fills no more than its share of the memory. */
    private boolean hasRoom(TailedSource source) {
        return source.inFlightBytes == 0
                || (inFlightBytes < config.inFlightBytesMax()
                        && source.inFlightBytes < config.inFlightBytesMax() / sources.size());
    }

    private boolean sendLines() {
        boolean sent = !read.isEmpty();
        read.forEach(this::send);
        read.clear();
        return sent;
    }

    private void send(Read lines) {
        FollowedFile file = lines.file;
        Origin origin = new Origin(config.host(), file.file(), file.contentId());
        ChunkDelivery delivery =
                new ChunkDelivery(connections.producer(), lines.source.encoder, origin, lines.chunk, wakeUp);
        inFlight.add(new InFlight(lines.source, file, delivery));
    }

    @Override
    public void close() {
        try {
            checkpointFile.close();
        } catch (IOException e) {
            log.error("cannot force the checkpoint to the disk, a power failure now would send lines again", e);
        }
        sources.forEach(source -> source.tail.close());
        connections.producer().closeNow();
    }
}
