package io.tailrace.agent;

import io.tailrace.agent.checkpoint.AgentCheckpointFile;
import io.tailrace.agent.checkpoint.Checkpoint;
import io.tailrace.agent.delivery.ChunkDelivery;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.agent.tail.Directories;
import io.tailrace.agent.tail.FileProgress;
import io.tailrace.agent.tail.FileToSkip;
import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.agent.tail.Moment;
import io.tailrace.agent.tail.OpenFiles;
import io.tailrace.agent.tail.SourceTail;
import io.tailrace.agent.tail.TailResources;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    private static final long NEVER = Long.MIN_VALUE;

    private final AgentConfig config;
    private final Connections connections;
    private final Runnable wakeUp;
    private final AgentCheckpointFile checkpointFile;
    private final SendGate auditGate;
    private final Silence auditSilence = new Silence("audit");
    private final Directories directories;
    private final OpenFiles openFiles;
    private final List<TailedSource> sources = new ArrayList<>();
    /** Names of the sources that were followed, now or before. */
    private final Set<String> followed = new HashSet<>();
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
    private long scanAtMs = NEVER;
    private long sealAtMs = Long.MAX_VALUE;
    private long inFlightBytes;
    private int firstSource;
    /** When the agent last got further in a file, or lines were acknowledged. */
    private long progressMs = NEVER;

    /** A source, and what the agent knows of it. */
    private static final class TailedSource {
        private final Source source;
        private final SourceTail tail;
        private final LineEncoder encoder;
        private final SendGate gate;
        private final Silence silence;
        private final RateLimit rate;
        private long inFlightBytes;
        /** {@link SourceTail#advances} when it was read last. */
        private long advances;

        private TailedSource(Source source, SourceTail tail, LineEncoder encoder, SendGate gate) {
            this.source = source;
            this.tail = tail;
            this.encoder = encoder;
            this.gate = gate;
            this.rate = new RateLimit(source.rules().linesPerSecMax());
            this.silence = new Silence("source " + source.name());
        }

        /** Whether nothing is left to read or to wait for, or the source has waited for long enough. */
        private boolean isDone(long steadyMs) {
            return gate.problem().isPresent() ? gate.isGivenUp(steadyMs) : inFlightBytes == 0 && tail.isAtEnd();
        }

        private Stream<String> problems(long steadyMs, long silenceMs) {
            return Stream.concat(gate.problem().stream(), silence.problem(steadyMs, silenceMs).stream());
        }
    }

    private record Read(TailedSource source, FollowedFile file, Chunk chunk) {}

    private static final class InFlight {
        private final TailedSource source;
        private final FollowedFile file;
        private final ChunkDelivery delivery;
        /** When the chunk was sent, or the one before it in the file was acknowledged. */
        private long waitingSinceMs;

        private InFlight(TailedSource source, FollowedFile file, ChunkDelivery delivery, long sentMs) {
            this.source = source;
            this.file = file;
            this.delivery = delivery;
            this.waitingSinceMs = sentMs;
        }

        private static InFlight longer(InFlight one, InFlight other) {
            return one.waitingSinceMs <= other.waitingSinceMs ? one : other;
        }
    }

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
        followed.addAll(written.sources());
        SchemaIds ids = new SchemaIds(connections.registry(), connections.background(), wakeUp);
        AuditRecords auditRecords = new AuditRecords(ids, config.host(), config.audit());
        audit = new AuditReporter(config, auditRecords, connections, wakeUp, written);
        directories = Directories.of(config.watchDirectories());
        openFiles = new OpenFiles(config.filesOpenMax());
        TailResources shared = new TailResources(config.dataDirectory().getFileSystem(), directories, openFiles);
        for (Source source : config.sources()) {
            List<FileProgress> progress = written.files().stream()
                    .filter(file -> file.source().equals(source.name()))
                    .toList();
            LineEncoder lines = new LineEncoder(source, config);
            SendGate gate =
                    new SendGate("source " + source.name(), nowMs -> lines.isRegistered(ids, nowMs), () -> connections
                            .producer()
                            .unavailability(source.topic()));
            SourceTail tail = new SourceTail(source.tail(), shared, progress);
            tail.skip(written.filesToSkip());
            if (!written.sources().contains(source.name())) {
                tail.setNew();
            }
            sources.add(new TailedSource(source, tail, lines, gate));
        }
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
        progressMs = progressMs == NEVER ? steadyMs : progressMs;
        if (steadyMs >= scanAtMs) {
            sources.forEach(source -> source.tail.scan(now));
            sources.forEach(source -> monitor.scanned(source.source, source.tail.overview()));
            scanAtMs = steadyMs + config.scanIntervalMs();
            sources.forEach(source -> followed.add(source.source.name()));
            dirty |= !written.files().equals(progress())
                    || !written.sources().equals(followed)
                    || !written.filesToSkip().equals(filesToSkip());
        }
        boolean advanced = takeAcknowledgements(now);
        advanced |= openFiles.giveTurns(now);
        // The first statement comes after an interval, when the files have been read.
        sealAtMs = Math.min(sealAtMs, steadyMs + config.audit().intervalMs());
        if (steadyMs >= sealAtMs || audit.isFull()) {
            seal(now, false);
            sealAtMs = steadyMs + config.audit().intervalMs();
        }
        // If counts are not acknowledged, more lines would fill the memory with counts of new windows.
        if (!checkpointFailed && !audit.isFull()) {
            readLines(now);
        }
        if (writeCheckpoint(steadyMs)) {
            if (auditGate.isOpen(steadyMs)) {
                advanced |= audit.send(steadyMs);
            }
            advanced |= sendLines(steadyMs);
        }
        monitor.stepped(state(steadyMs));
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
                checkpointFailed,
                inFlightBytes,
                audit.isInFlight());
    }

    /** Completes what is in flight without reading more. To be repeated until {@link #isSettled}. */
    void stepToStop(Moment now) {
        takeAcknowledgements(now);
        boolean mayCount = auditGate.isOpen(now.steadyMs());
        if (inFlight.isEmpty() && mayCount) {
            seal(now, true);
        }
        if (writeCheckpoint(now.steadyMs()) && mayCount) {
            audit.send(now.steadyMs());
        }
    }

    /** Whether nothing is in flight, not even a count, and the checkpoint is up to date. */
    boolean isSettled() {
        return inFlight.isEmpty() && audit.isSettled() && !dirty;
    }

    /**
     * Whether a run that ends by itself should end: everything that the files held at the last step has been read and acknowledged,
     * except for sources that have waited long enough for their gate, as the audit may have, or nothing was read or acknowledged for {@link SendGate#GIVE_UP_MS}. See
     * {@link #leftOut}.
     */
    boolean isIdle(long steadyMs) {
        boolean mayCount = auditGate.problem().isEmpty() || auditGate.isGivenUp(steadyMs);
        boolean isDone =
                mayCount && read.isEmpty() && !dirty && sources.stream().allMatch(source -> source.isDone(steadyMs));
        boolean waitsForWriters = inFlight.isEmpty() && sources.stream().anyMatch(source -> source.tail.isStreaming());
        return isDone || (!waitsForWriters && steadyMs - progressMs >= SendGate.GIVE_UP_MS);
    }

    /** What was left out of a run that ends by itself, each with the source's name and the reason; empty if nothing. */
    List<String> leftOut(long steadyMs) {
        List<String> leftOut = new ArrayList<>(problems(steadyMs, Silence.LOGGED_AFTER_MS));
        if (checkpointFailed) {
            leftOut.add("the checkpoint cannot be written to " + config.dataDirectory());
        }
        for (TailedSource source : sources) {
            Stream.concat(source.tail.problems().stream(), source.tail.failures().stream())
                    .forEach(path -> leftOut.add("source " + source.source.name() + ": " + path));
        }
        if (leftOut.isEmpty()) {
            sources.stream()
                    .filter(source -> !source.isDone(steadyMs))
                    .forEach(source -> leftOut.add("source " + source.source.name() + ": not everything was read"));
        }
        return leftOut;
    }

    /** Logs which last lines have no newline, and so are left for a later run. */
    void logUnfinishedLines() {
        sources.forEach(source -> source.tail.logUnfinishedLines());
    }

    /**
     * Why lines are not sent, each with the source's name; empty if all are.
     *
     * @param silenceMs a source whose lines brokers have not acknowledged for this long counts
     */
    List<String> problems(long steadyMs, long silenceMs) {
        Stream<String> ofAudit =
                Stream.concat(auditGate.problem().stream(), auditSilence.problem(steadyMs, silenceMs).stream());
        return Stream.concat(sources.stream().flatMap(source -> source.problems(steadyMs, silenceMs)), ofAudit)
                .toList();
    }

    /** How many lines would be sent again after a crash now: those of the chunks that the checkpoint does not cover. */
    int linesInFlight() {
        return inFlight.stream()
                .mapToInt(flight -> flight.delivery.chunk().lines().count())
                .sum();
    }

    private boolean takeAcknowledgements(Moment now) {
        boolean advanced = false;
        Set<FollowedFile> waiting = new HashSet<>();
        Set<FollowedFile> moved = new HashSet<>();
        Map<TailedSource, InFlight> longest = new HashMap<>();
        for (Iterator<InFlight> flights = inFlight.iterator(); flights.hasNext(); ) {
            InFlight flight = flights.next();
            boolean isDone = flight.delivery.advance(now.steadyMs());
            // A position is acknowledged with all lines before it.
            if (!isDone || waiting.contains(flight.file)) {
                if (waiting.add(flight.file)) {
                    flight.waitingSinceMs = moved.contains(flight.file) ? now.steadyMs() : flight.waitingSinceMs;
                    longest.merge(flight.source, flight, InFlight::longer);
                }
            } else {
                flights.remove();
                moved.add(flight.file);
                acknowledged(flight, now.wallMs());
                progressMs = now.steadyMs();
                advanced = true;
            }
        }
        sources.forEach(source -> observe(source, longest.get(source), now.steadyMs()));
        if (audit.takeAcknowledgements(now.steadyMs())) {
            monitor.countsAcknowledged(now.wallMs());
            advanced = true;
        }
        audit.observe(auditSilence, now.steadyMs());
        dirty |= advanced;
        return advanced;
    }

    private static void observe(TailedSource source, @Nullable InFlight longest, long steadyMs) {
        if (longest == null) {
            source.silence.end();
        } else {
            source.silence.observe(longest.waitingSinceMs, steadyMs, longest.delivery::obstacle);
        }
    }

    private void acknowledged(InFlight flight, long wallMs) {
        Chunk chunk = flight.delivery.chunk();
        addInFlight(flight.source, -chunk.memoryBytes());
        flight.file.acknowledge(chunk.end());
        Source source = flight.source.source;
        audit.acknowledged(flight.file.contentId(), source.topic(), flight.delivery.acknowledged(), wallMs);
        monitor.acknowledged(source, flight.delivery.counts(), wallMs);
    }

    private void seal(Moment now, boolean stopping) {
        List<AuditReporter.SourceState> states = sources.stream()
                .map(source -> new AuditReporter.SourceState(source.source.topic(), source.tail.readState(now)))
                .toList();
        if (audit.seal(states, now.wallMs(), stopping)) {
            dirty = true;
            monitor.stated(audit.readUpToMs());
        }
    }

    /**
     * Brings the checkpoint on disk up to date.
     *
     * @return false if that failed: nothing may be sent until it succeeds
     */
    private boolean writeCheckpoint(long steadyMs) {
        Checkpoint checkpoint = dirty ? checkpoint() : written;
        try {
            if (dirty) {
                checkpointFile.write(checkpoint, steadyMs);
            } else {
                checkpointFile.forceIfDue(steadyMs);
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

    private Checkpoint checkpoint() {
        return new Checkpoint(identity, progress(), followed, filesToSkip(), audit.counts(), audit.readUpToMs());
    }

    /** A source that was removed from the configuration keeps its progress, in case it comes back. */
    private List<FileProgress> progress() {
        List<FileProgress> progress = new ArrayList<>();
        sources.forEach(source -> progress.addAll(source.tail.progress()));
        written.files().stream().filter(file -> !isConfigured(file.source())).forEach(progress::add);
        return progress;
    }

    private Set<FileToSkip> filesToSkip() {
        Set<FileToSkip> files = new HashSet<>();
        sources.forEach(source -> files.addAll(source.tail.filesToSkip()));
        written.filesToSkip().stream()
                .filter(file -> !isConfigured(file.source()))
                .forEach(files::add);
        return files;
    }

    private boolean isConfigured(String name) {
        return config.sources().stream().anyMatch(source -> source.name().equals(name));
    }

    /**
     * Reads a chunk of each file in turn, and another one of those that have more, as long as memory is left. So a file with a large
     * backlog does not hold up the others.
     */
    private void readLines(Moment now) {
        firstSource = (firstSource + 1) % sources.size();
        boolean any = true;
        for (int round = 0; any; round++) {
            any = false;
            for (int index = 0; index < sources.size(); index++) {
                any |= readLines(sources.get((firstSource + index) % sources.size()), round > 0, now);
            }
        }
    }

    /** Reads a chunk of each file of a source. Returns whether there was one. */
    private boolean readLines(TailedSource source, boolean more, Moment now) {
        if (!source.gate.isOpen(now.steadyMs())) {
            return false;
        }
        boolean any = false;
        for (FollowedFile file : source.tail.readable(more, now)) {
            if (!hasRoom(source) || !source.rate.isOpen(now.steadyMs())) {
                break;
            }
            Optional<Chunk> chunk = source.tail.read(file, now);
            if (chunk.isPresent()) {
                read.add(new Read(source, file, chunk.get()));
                source.rate.took(chunk.get().lines().count(), now.steadyMs());
                addInFlight(source, chunk.get().memoryBytes());
                dirty = true;
                any = true;
            }
        }
        long advances = source.tail.advances();
        progressMs = source.advances == advances ? progressMs : now.steadyMs();
        source.advances = advances;
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

    private boolean sendLines(long steadyMs) {
        boolean sent = !read.isEmpty();
        read.forEach(lines -> send(lines, steadyMs));
        read.clear();
        return sent;
    }

    private void send(Read lines, long steadyMs) {
        FollowedFile file = lines.file;
        Origin origin = new Origin(config.host(), file.file(), file.contentId());
        ChunkDelivery delivery =
                new ChunkDelivery(connections.producer(), lines.source.encoder, origin, lines.chunk, wakeUp);
        lines.source.rate.gaveBack(delivery.counts().filtered());
        inFlight.add(new InFlight(lines.source, file, delivery, steadyMs));
    }

    @Override
    public void close() {
        try {
            checkpointFile.close();
        } catch (IOException e) {
            log.error("cannot force the checkpoint to the disk, a power failure now would send lines again", e);
        }
        sources.forEach(source -> source.tail.close());
        directories.close();
        connections.producer().closeNow();
    }
}
