package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.delivery.ChunkDelivery;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.Directories;
import io.tailrace.agent.tail.FileChunk;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.OpenFiles;
import io.tailrace.agent.tail.TailResources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an agent does, one step at a time.
 *
 * <p>The order within a step is the guarantee: acknowledged positions, and what is read to be sent next, enter the
 * checkpoint, the checkpoint is written, and only then is it sent. So a line that is sent again after a crash is the same
 * record. Not thread-safe; {@link AgentLoop} runs it.
 */
final class Agent implements AutoCloseable {
    private static final long NEVER = Long.MIN_VALUE;

    private final AgentConfig config;
    private final Connections connections;
    private final Runnable wakeUp;
    private final SendGate auditGate;
    private final Silence auditSilence = new Silence("audit");
    private final Directories directories;
    private final OpenFiles openFiles;
    private final List<TailedSource> sources = new ArrayList<>();
    /** Read, and sent once the checkpoint is written. */
    private final List<Read> read = new ArrayList<>();

    private final InFlightMemory memory;
    private final Flights flights = new Flights();
    private final AuditReporter audit;
    private final CheckpointWriter checkpoint;
    private final AgentMonitor monitor;
    private final ProblemsFile problemsFile;

    private long scanAtMs = NEVER;
    private long sealAtMs = Long.MAX_VALUE;
    private int firstSource;
    /** When the agent last got further in a file, or lines were acknowledged. */
    private long progressMs = NEVER;

    private record Read(TailedSource source, FileChunk chunk) {}

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
        problemsFile = new ProblemsFile(config.dataDirectory());
        Checkpoint start = checkpointFile.begin();
        SchemaIds ids = new SchemaIds(connections.registry(), connections.background(), wakeUp);
        AuditRecords auditRecords = new AuditRecords(ids, config.host(), config.audit());
        audit = new AuditReporter(config, auditRecords, connections, wakeUp, start);
        directories = Directories.of(config.watchDirectories());
        openFiles = new OpenFiles(config.filesOpenMax());
        TailResources shared = new TailResources(config.dataDirectory().getFileSystem(), directories, openFiles);
        TailedSource.Topics topics = new TailedSource.Topics(ids, connections.producer());
        for (Source source : config.sources()) {
            sources.add(TailedSource.of(source, config, shared, start, topics));
        }
        memory = new InFlightMemory(config.inFlightBytesMax(), sources.size());
        checkpoint = new CheckpointWriter(checkpointFile, start, sources, audit);
        auditGate = new SendGate("audit", auditRecords::isRegistered, () -> connections
                .producer()
                .unavailability(config.audit().topic()));
        // The producer asks brokers for the topic now, so that the first dead letter need not wait for their answer.
        var unused = connections.producer().unavailability(config.deadLetterTopic());
    }

    /**
     * Does what can be done without waiting.
     *
     * @return whether another step may have something to do at once
     */
    boolean step(Moment now) {
        long steadyMs = now.steadyMs();
        openFiles.beginStep();
        sources.forEach(source -> source.tryGate(steadyMs));
        progressMs = progressMs == NEVER ? steadyMs : progressMs;
        if (steadyMs >= scanAtMs) {
            sources.forEach(source -> source.tail().scan(now));
            sources.forEach(
                    source -> monitor.scanned(source.source(), source.tail().overview()));
            checkpoint.scanned();
            scanAtMs = steadyMs + config.scanIntervalMs();
        }
        boolean advanced = takeAcknowledgements(now);
        advanced |= openFiles.giveTurns(now);
        // The first statement comes after an interval, when the files have been read.
        sealAtMs = Math.min(sealAtMs, steadyMs + config.audit().intervalMs());
        if (steadyMs >= sealAtMs || audit.shouldSeal()) {
            seal(now, false);
            sealAtMs = steadyMs + config.audit().intervalMs();
        }
        audit.observe(auditSilence, steadyMs);
        if (!checkpoint.hasFailed()) {
            readLines(now);
        }
        if (checkpoint.write(steadyMs)) {
            if (auditGate.isOpen(steadyMs)) {
                advanced |= audit.send(steadyMs);
            }
            advanced |= sendLines(steadyMs);
        }
        AgentMonitor.State state = state(steadyMs);
        monitor.stepped(state);
        problemsFile.write(state.problems(), steadyMs);
        return advanced;
    }

    private AgentMonitor.State state(long steadyMs) {
        int waiting = (int) sources.stream()
                .filter(source -> source.problems(steadyMs, AgentMonitor.SILENCE_MS_MAX)
                        .findAny()
                        .isPresent())
                .count();
        return new AgentMonitor.State(
                problems(steadyMs, AgentMonitor.SILENCE_MS_MAX),
                waiting,
                checkpoint.hasFailed(),
                memory.bytes(),
                audit.isInFlight());
    }

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(Moment now) {
        takeAcknowledgements(now);
        audit.observe(auditSilence, now.steadyMs());
        boolean mayCount = auditGate.isOpen(now.steadyMs());
        if (flights.isEmpty() && mayCount) {
            seal(now, true);
        }
        if (checkpoint.write(now.steadyMs()) && mayCount) {
            audit.send(now.steadyMs());
        }
    }

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled() {
        return flights.isEmpty() && audit.isSettled() && !checkpoint.hasFailed();
    }

    /**
     * Whether a run that ends by itself should end. It ends when everything that the files held at the last step has been read and
     * acknowledged. Sources whose gate has been closed for long enough do not count, nor does the audit. It also ends when nothing was
     * read or acknowledged for {@link SendGate#GIVE_UP_MS}. See {@link #leftOut}.
     */
    boolean isIdle(long steadyMs) {
        boolean mayCount = auditGate.problem().isEmpty() || auditGate.isGivenUp(steadyMs);
        boolean isDone = mayCount
                && read.isEmpty()
                && !checkpoint.hasFailed()
                && sources.stream().allMatch(source -> source.isDone(steadyMs));
        boolean waitsForWriters = flights.isEmpty()
                && sources.stream().anyMatch(source -> source.tail().isStreaming());
        return isDone || (!waitsForWriters && steadyMs - progressMs >= SendGate.GIVE_UP_MS);
    }

    /** What was left out of a run that ends by itself, each with the source's name and the reason; empty if nothing. */
    List<String> leftOut(long steadyMs) {
        List<String> leftOut = new ArrayList<>(problems(steadyMs, Silence.LOGGED_AFTER_MS));
        if (checkpoint.hasFailed()) {
            leftOut.add("the checkpoint cannot be written to " + config.dataDirectory());
        }
        for (TailedSource source : sources) {
            Stream.concat(source.tail().problems().stream(), source.tail().failures().stream())
                    .forEach(path -> leftOut.add("source " + source.name() + ": " + path));
        }
        if (leftOut.isEmpty()) {
            sources.stream()
                    .filter(source -> !source.isDone(steadyMs))
                    .forEach(source -> leftOut.add("source " + source.name() + ": not everything was read"));
        }
        return leftOut;
    }

    /** Logs which last lines have no newline, and so are left for a later run. */
    void logUnfinishedLines() {
        sources.forEach(source -> source.tail().logUnfinishedLines());
    }

    /**
     * Why lines are not sent, each with the source's name; empty if all are.
     *
     * @param silenceMs a source whose lines brokers have not acknowledged for this long counts
     */
    List<String> problems(long steadyMs, long silenceMs) {
        Stream<String> ofAudit = Stream.of(
                        auditGate.problem(), auditSilence.problem(steadyMs, silenceMs), audit.problem(steadyMs))
                .flatMap(Optional::stream);
        return Stream.concat(sources.stream().flatMap(source -> source.problems(steadyMs, silenceMs)), ofAudit)
                .toList();
    }

    /** The checkpoint, which is up to date after a step unless it cannot be written. */
    CheckpointWriter checkpoint() {
        return checkpoint;
    }

    /** How many lines would be sent again after a crash now: those of the chunks that the checkpoint does not cover. */
    int linesInFlight() {
        return flights.lines();
    }

    private boolean takeAcknowledgements(Moment now) {
        List<Flights.Flight> landed = flights.takeLanded(now.steadyMs());
        landed.forEach(flight -> acknowledged(flight, now.wallMs()));
        progressMs = landed.isEmpty() ? progressMs : now.steadyMs();
        flights.observe(sources, now.steadyMs());
        boolean counted = audit.takeAcknowledgements(now.steadyMs());
        if (counted) {
            monitor.countsAcknowledged(now.wallMs());
        }
        return counted || !landed.isEmpty();
    }

    private void acknowledged(Flights.Flight flight, long wallMs) {
        Chunk chunk = flight.delivery().chunk();
        memory.add(flight.source(), -chunk.memoryBytes());
        flight.file().acknowledge(chunk.end());
        Source source = flight.source().source();
        audit.acknowledged(
                flight.file().contentId(), source.topic(), flight.delivery().acknowledged(), wallMs);
        monitor.acknowledged(source, flight.delivery().counts(), wallMs);
    }

    private void seal(Moment now, boolean stopping) {
        List<AuditReporter.SourceState> states = sources.stream()
                .map(source -> new AuditReporter.SourceState(
                        source.source().topic(), source.tail().readState(now)))
                .toList();
        if (audit.seal(states, now.wallMs(), stopping)) {
            monitor.stated(audit.readUpToMs());
        }
    }

    /** Reads a chunk of each source in turn, as long as any has more and memory is left. */
    private void readLines(Moment now) {
        firstSource = (firstSource + 1) % sources.size();
        List<TailedSource> turns = new ArrayList<>();
        for (int index = 0; index < sources.size(); index++) {
            TailedSource source = sources.get((firstSource + index) % sources.size());
            if (source.isOpen() && !audit.isFull(source.topic())) {
                source.tail().beginTurns(now);
                turns.add(source);
            }
        }
        while (!turns.isEmpty()) {
            turns.removeIf(source -> !readNext(source, now));
        }
        for (TailedSource source : sources) {
            progressMs = source.takeAdvanced() ? now.steadyMs() : progressMs;
        }
    }

    private boolean readNext(TailedSource source, Moment now) {
        long room = memory.room(source);
        if (room <= 0 || !source.rate().isOpen(now.steadyMs())) {
            return false;
        }
        Optional<FileChunk> next = source.tail().readNext(room, now);
        next.ifPresent(each -> {
            read.add(new Read(source, each));
            source.rate().took(each.chunk().lines().count(), now.steadyMs());
            memory.add(source, each.chunk().memoryBytes());
        });
        return next.isPresent();
    }

    private boolean sendLines(long steadyMs) {
        boolean sent = !read.isEmpty();
        read.forEach(lines -> send(lines, steadyMs));
        read.clear();
        return sent;
    }

    private void send(Read lines, long steadyMs) {
        FollowedFile file = lines.chunk.file();
        Origin origin = new Origin(config.host(), file.file(), file.contentId());
        ChunkDelivery delivery =
                new ChunkDelivery(connections.producer(), lines.source.encoder(), origin, lines.chunk.chunk(), wakeUp);
        lines.source.rate().gaveBack(delivery.counts().filtered());
        flights.add(lines.source, file, delivery, steadyMs);
    }

    @Override
    public void close() {
        checkpoint.close();
        sources.forEach(TailedSource::close);
        directories.close();
        connections.producer().closeNow();
    }
}
