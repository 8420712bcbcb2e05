package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.tail.Directories;
import io.tailrace.agent.tail.FileChunk;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.OpenFiles;
import io.tailrace.agent.tail.TailResources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an agent does, one step at a time: finds files, reads lines, and has its {@link Sending} send them. Not thread-safe;
 * {@link AgentLoop} runs it.
 */
final class Agent implements AutoCloseable {
    private static final long NEVER = Long.MIN_VALUE;

    private final AgentConfig config;
    private final Connections connections;
    private final SendGate auditGate;
    private final Directories directories;
    private final OpenFiles openFiles;
    private final List<TailedSource> sources = new ArrayList<>();
    /** Read, and not sent yet. */
    private final List<Sending.Read> read = new ArrayList<>();

    private final InFlightMemory memory;
    private final long stepBytesMax;
    private final AuditReporter audit;
    private final Sending sending;
    private final CheckpointWriter checkpoint;
    private final AgentMonitor monitor;
    private final ProblemsFile problemsFile;

    private long scanAtMs = NEVER;
    private int firstSource;
    /** Memory of the chunks that this step has read. */
    private long stepBytes;
    /** When the agent last got further in a file, or lines were acknowledged. */
    private long progressMs = NEVER;
    /** {@link Sending#finalChunks} when that was last asked. */
    private long finalChunks;

    /**
     * An agent that continues from a checkpoint.
     *
     * @param checkpointFile has begun with the checkpoint
     * @param start how transactions go on; empty without them
     * @param wakeUp called by any thread when a step will have something to do
     * @param monitor shows what the agent does
     */
    Agent(
            AgentConfig config,
            AgentCheckpointFile checkpointFile,
            Connections connections,
            Optional<TransactionStart> start,
            Runnable wakeUp,
            AgentMonitor monitor) {
        this.config = config;
        this.monitor = monitor;
        this.connections = connections;
        problemsFile = new ProblemsFile(config.dataDirectory());
        Checkpoint checkpointed = checkpointFile.checkpoint();
        SchemaIds ids = new SchemaIds(connections.registry(), connections.background(), wakeUp);
        AuditRecords auditRecords = new AuditRecords(ids, config.host(), config.audit());
        audit = new AuditReporter(config, auditRecords, connections, wakeUp, checkpointed);
        directories = Directories.of(config.watchDirectories());
        openFiles = new OpenFiles(config.filesOpenMax());
        TailResources shared = new TailResources(
                config.dataDirectory().getFileSystem(),
                directories,
                openFiles,
                start.isPresent() ? TransactionStart.CHUNKS_IN_FLIGHT : TailResources.CHUNKS_IN_FLIGHT);
        TailedSource.Topics topics = new TailedSource.Topics(ids, connections.producer());
        for (Source source : config.sources()) {
            sources.add(TailedSource.of(source, config, shared, checkpointed, topics));
        }
        memory = new InFlightMemory(config.inFlightBytesMax(), sources.size());
        stepBytesMax = start.isPresent() ? TransactionStart.STEP_BYTES_MAX : Long.MAX_VALUE;
        checkpoint = new CheckpointWriter(checkpointFile, checkpointed, sources, audit);
        auditGate = new SendGate("audit", auditRecords::isRegistered, () -> connections
                .producer()
                .unavailability(config.audit().topic()));
        SendingParts parts =
                new SendingParts(config, connections, wakeUp, sources, memory, audit, auditGate, checkpoint, monitor);
        sending = start.isPresent() ? new TransactionalSending(parts, start.get()) : new CheckpointedSending(parts);
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
        // A gate that was never tried reports no problem, and a run that ends by itself would leave out its counts.
        var unused = auditGate.isOpen(steadyMs);
        progressMs = progressMs == NEVER ? steadyMs : progressMs;
        if (steadyMs >= scanAtMs) {
            sources.forEach(source -> source.tail().scan(now));
            sources.forEach(
                    source -> monitor.scanned(source.source(), source.tail().overview()));
            checkpoint.scanned();
            scanAtMs = steadyMs + config.scanIntervalMs();
        }
        boolean advanced = takeAnswers(now);
        advanced |= openFiles.giveTurns(now);
        sending.conclude(now);
        if (!checkpoint.hasFailed()) {
            readLines(now);
        }
        advanced |= sending.send(read, now);
        AgentMonitor.State state = state(steadyMs);
        monitor.stepped(state);
        problemsFile.write(state.problems(), steadyMs);
        return advanced;
    }

    private boolean takeAnswers(Moment now) {
        boolean advanced = sending.takeAnswers(now);
        long before = finalChunks;
        finalChunks = sending.finalChunks();
        progressMs = finalChunks == before ? progressMs : now.steadyMs();
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
                sending.hasCountsInFlight());
    }

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(Moment now) {
        sending.stepToStop(now);
    }

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled() {
        return sending.isSettled();
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
        boolean waitsForWriters = sending.isEmpty()
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
        Stream<String> ofAll = Stream.concat(auditGate.problem().stream(), sending.problems(steadyMs, silenceMs));
        return Stream.concat(sources.stream().flatMap(source -> source.problems(steadyMs, silenceMs)), ofAll)
                .toList();
    }

    /** The checkpoint, which is up to date after a step unless it cannot be written. */
    CheckpointWriter checkpoint() {
        return checkpoint;
    }

    /** How many lines would be sent again after a crash now: those of the chunks that the checkpoint does not cover. */
    int linesInFlight() {
        return sending.linesInFlight();
    }

    /** Reads a chunk of each source in turn, while any has more, memory is left, and the step has read less than its limit. */
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
        stepBytes = 0;
        while (!turns.isEmpty()) {
            turns.removeIf(source -> !readNext(source, now));
        }
        for (TailedSource source : sources) {
            progressMs = source.takeAdvanced() ? now.steadyMs() : progressMs;
        }
    }

    private boolean readNext(TailedSource source, Moment now) {
        long room = memory.room(source);
        if (room <= 0 || stepBytes >= stepBytesMax || !source.rate().isOpen(now.steadyMs())) {
            return false;
        }
        Optional<FileChunk> next = source.tail().readNext(room, now);
        next.ifPresent(each -> {
            read.add(new Sending.Read(source, each));
            source.rate().took(each.chunk().lines().count(), now.steadyMs());
            memory.add(source, each.chunk().memoryBytes());
            stepBytes += each.chunk().memoryBytes();
        });
        return next.isPresent();
    }

    @Override
    public void close() {
        checkpoint.close();
        sources.forEach(TailedSource::close);
        directories.close();
        connections.producer().closeNow();
    }
}
