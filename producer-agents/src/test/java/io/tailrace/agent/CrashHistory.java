package io.tailrace.agent;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.tailrace.agent.checkpoint.VolatileDisk;
import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.FileSelection;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.client.ProducerRecord;
import io.tailrace.protocol.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One history of an agent in memory, which a seed determines. It has 24 moves, of which each is one of these, and then an agent that
 * runs until it has nothing to do, is stopped, and is started twice.
 *
 * <ul>
 *   <li>One or two logs are written by programs, with O_APPEND or at their own position, the last line perhaps in part. Lines are raw or
 *       JSON; some are overlong, have no time, or are refused by the brokers for their content. All files may begin with the same line,
 *       or with more of them than a fingerprint covers.
 *   <li>A log is renamed, reopened, copied, truncated soon or late, overwritten in place, renamed to a name that nobody looks for, or
 *       compressed with gzip in two steps. Names are counted, shifted or dated. The oldest file is deleted.
 *   <li>Brokers stop and begin to answer, answer some batches, or fail.
 *   <li>The checkpoint's disk is full, or has room again.
 *   <li>The agent is stopped and started, or killed: between steps, or within one at any call that sends or that writes the checkpoint.
 *       Some of the records in flight reach the brokers. One time in three the power fails as well, and the disk keeps what was forced to
 *       it, and perhaps a part of what was written since. Logs are written and rotated while no agent runs.
 *   <li>In one history of four the agent may have three open files.
 * </ul>
 *
 * <p>At its end, every whole line that was in a file which the agent had to read must have been sent; twice only if it was in flight
 * when the agent ended, and then as the same record; and the audit must have counted each. The agent's own code decides none of that.
 *
 * <p>The clock goes on evenly, and the registry answers: those are not among what goes wrong.
 */
final class CrashHistory {
    private static final int MOVES = 24;
    static final int LINE_BYTES_MAX = 100;
    private static final int CHUNK_BYTES_MAX = 256;
    private static final int QUIET_SCANS = 4;
    private static final int SCANS_MAX = 1_000;
    private static final long START_MS = 1_700_000_000_000L;

    private final Random random;
    private final boolean isTransactional;
    private final boolean isTraced;
    private final List<String> trace = new ArrayList<>();
    private final boolean isRaw;
    private final VolatileDisk disk;
    private final List<SimulatedLog> logs = new ArrayList<>();
    private final LogMoves moves;
    private final FileSystem fileSystem;
    private final AgentHarness harness;
    private int lines;
    /** How many of the records that were written were looked at, and how many of them were lines. */
    private int counted;

    private int sentLines;
    /** Steps of sending or of writing the checkpoint after which the agent ends; negative if it does not. */
    private int stepsToCrash = -1;

    private boolean isDiskFull;
    private boolean isRefusing;
    private boolean hasLostPower;
    private final boolean hasHeader;
    private boolean hasCrashed;
    /** How many records may be repeated because of the crashes so far. */
    private long repeatedMax;
    /** How many records were written, and how many lines in flight, when the checkpoint was last forced. */
    private long writtenAtForce;

    private long inFlightAtForce;

    /** Ends the agent in the middle of a step. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private CrashHistory(long seed, boolean isTransactional, boolean isTraced) throws IOException {
        this.isTransactional = isTransactional;
        random = new Random(seed * 0x9E3779B97F4A7C15L);
        this.isTraced = isTraced;
        moves = new LogMoves(random, this::trace);
        FileClock clock = new FileClock();
        // A new one for each history, so that the numbers of its files do not depend on the histories before.
        fileSystem = Jimfs.newFileSystem(Configuration.unix().toBuilder()
                .setAttributeViews("unix")
                .setBlockSize(512)
                .setFileTimeSource(clock::now)
                .build());
        isRaw = random.nextBoolean();
        disk = new VolatileDisk(random);
        Format format = isRaw ? AgentHarness.RAW : new Format(Format.Kind.JSON, "", "at", "epoch-millis");
        harness = new AgentHarness(
                fileSystem.getPath("/"),
                random.nextInt(4) == 0 ? 3 : 100,
                path -> List.of(source(path, format)),
                disk::open,
                isTransactional ? OptionalLong.of(500L * random.nextInt(3)) : OptionalLong.empty());
        harness.nowMs = START_MS;
        clock.harness = harness;
        disk.beforeStep(this::beforeDiskStep);
        disk.afterForce(this::noteForced);
        prepareProducer(false);
        SimulatedLog.Style style = style();
        hasHeader = !style.header().isEmpty();
        trace(style + (isRaw ? ", raw" : ", JSON"));
        for (String name : random.nextInt(3) == 0 ? List.of("a.log", "b.log") : List.of("a.log")) {
            logs.add(new SimulatedLog(harness.log(name), style, this::nextLine));
        }
    }

    /** The time of the files. */
    private static final class FileClock {
        private @Nullable AgentHarness harness;

        private FileTime now() {
            return FileTime.fromMillis(harness == null ? START_MS : harness.nowMs);
        }
    }

    private static Source source(Path logs, Format format) {
        TailConfig tail = new TailConfig(
                "web",
                FileSelection.of(List.of(logs + "/*.log*")),
                StandardCharsets.UTF_8,
                LINE_BYTES_MAX,
                CHUNK_BYTES_MAX,
                30_000,
                300_000,
                7L * 24 * 3_600_000);
        return new Source(tail, format, AgentHarness.TOPIC);
    }

    private SimulatedLog.Style style() {
        SimulatedLog.Naming[] namings = SimulatedLog.Naming.values();
        List<String> header =
                switch (random.nextInt(4)) {
                    case 0 -> List.of("#fields: time client path");
                    case 1 ->
                        IntStream.range(0, 20)
                                .mapToObj(line -> "#line " + line + "-".repeat(60))
                                .toList();
                    default -> List.of();
                };
        return new SimulatedLog.Style(
                namings[random.nextInt(namings.length)], random.nextInt(3) > 0, header, random.nextBoolean() ? 0 : 25);
    }

    private String nextLine() {
        int number = ++lines;
        String more = "x".repeat(random.nextInt(20) == 0 ? 2 * LINE_BYTES_MAX : random.nextInt(50));
        if (isRaw) {
            return "<" + number + " " + more + ">";
        }
        long atMs = harness.nowMs - random.nextLong(AgentHarness.DISORDER_MS);
        String at = random.nextInt(20) == 0 ? "null" : String.valueOf(atMs);
        return "{\"line\":" + number + ",\"at\":" + at + ",\"x\":\"" + more + "\"}";
    }

    /**
     * Plays a history.
     *
     * @throws AssertionError if it goes wrong, with everything that happened
     */
    static void play(long seed) throws IOException {
        play(seed, false);
    }

    /** Plays a history of an agent that sends in transactions. */
    static void playTransactional(long seed) throws IOException {
        play(seed, true);
    }

    private static void play(long seed, boolean isTransactional) throws IOException {
        if (new CrashHistory(seed, isTransactional, false).failure().isPresent()) {
            CrashHistory again = new CrashHistory(seed, isTransactional, true);
            Throwable failure =
                    again.failure().orElseGet(() -> new AssertionError("it does not go wrong when it is played again"));
            throw new AssertionError(
                    "history " + seed + " goes wrong, -Dseed=" + seed + " -Dseeds=1 plays it again: "
                            + failure.getMessage() + "\n" + String.join("\n", again.trace),
                    failure);
        }
    }

    private Optional<Throwable> failure() throws IOException {
        try {
            for (int move = 0; move < MOVES; move++) {
                move();
            }
            settle();
            new CrashHistoryCheck(harness, logs, isRaw, allowed()).check();
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(e);
        } finally {
            close();
        }
    }

    private CrashHistoryCheck.Allowed allowed() {
        return isTransactional
                ? new CrashHistoryCheck.Allowed(0, false, false, hasHeader)
                : new CrashHistoryCheck.Allowed(repeatedMax, hasCrashed, hasLostPower, hasHeader);
    }

    private void close() throws IOException {
        disk.beforeStep(() -> {});
        harness.close();
        for (SimulatedLog log : logs) {
            log.close();
        }
        fileSystem.close();
    }

    private void trace(String what) {
        if (isTraced) {
            trace.add((harness.nowMs - START_MS) + " ms: " + what + " " + logs);
            if (Boolean.getBoolean("loud")) {
                System.out.println(trace.get(trace.size() - 1));
            }
        }
    }

    private void move() throws IOException {
        harness.pass(random.nextInt(4) == 0 ? random.nextInt(40_000) : random.nextInt(2_000));
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4, 5 -> moveLog();
            case 6, 7, 8, 9 -> run();
            case 10 -> answer();
            case 11 -> {
                if (isTransactional && random.nextBoolean()) {
                    changeCoordinator();
                } else {
                    changeBrokers();
                }
            }
            case 12 -> {
                isDiskFull = !isDiskFull;
                trace("disk full: " + isDiskFull);
            }
            case 13 -> stop();
            case 14 -> {
                trace("kill");
                crash();
            }
            default -> {
                stepsToCrash = random.nextInt(12);
                run();
            }
        }
    }

    private void run() throws IOException {
        trace("run" + (stepsToCrash < 0 ? "" : ", crash after " + stepsToCrash + " steps"));
        try {
            harness.run();
        } catch (Crash e) {
            trace("killed within a step");
            crash();
        }
        stepsToCrash = -1;
    }

    private void answer() throws IOException {
        int batches = random.nextInt(5);
        trace("answer " + batches + " batches");
        harness.producer.answerBatches(batches);
        run();
    }

    private void changeBrokers() {
        if (random.nextInt(3) == 0) {
            isRefusing = !isRefusing;
            trace("brokers fail: " + isRefusing);
        } else {
            harness.producer.holding = !harness.producer.holding;
            trace("brokers answer: " + !harness.producer.holding);
            if (!harness.producer.holding) {
                harness.producer.answerAll();
            }
        }
    }

    private void changeCoordinator() {
        FakeTransactions brokers = harness.transactions;
        switch (random.nextInt(3)) {
            case 0 -> {
                brokers.isAway = !brokers.isAway;
                trace("coordinator away: " + brokers.isAway);
            }
            case 1 -> {
                trace("the transaction times out");
                brokers.expire();
            }
            default -> {
                FakeTransactions.Fault[] faults = FakeTransactions.Fault.values();
                brokers.faults.add(faults[random.nextInt(faults.length)]);
                trace("next commits: " + brokers.faults);
            }
        }
    }

    private void stop() throws IOException {
        if (isDiskFull || isRefusing || harness.transactions.isAway) {
            return;
        }
        trace("stop");
        harness.stop();
        downtime();
        start();
    }

    /** Ends the agent without warning; perhaps the machine with it. */
    private void crash() throws IOException {
        stepsToCrash = -1;
        hasCrashed = true;
        int reached = random.nextInt(harness.producer.unanswered() + 1);
        // Records that were offered in this step may belong to a chunk that the agent does not count yet.
        repeatedMax += harness.agent.linesInFlight() + CHUNK_BYTES_MAX;
        boolean powerFails = random.nextInt(3) == 0;
        trace(reached + " of " + harness.producer.unanswered() + " records reach the brokers"
                + (powerFails ? ", the power fails" : ""));
        if (powerFails) {
            hasLostPower = true;
            repeatedMax += harness.producer.written.size() - writtenAtForce + inFlightAtForce + CHUNK_BYTES_MAX;
            disk.failPower(harness.data);
            if (isTransactional && random.nextInt(3) == 0) {
                trace("the disk is lost");
                disk.lose(harness.data);
            }
        }
        harness.crash(reached);
        downtime();
        start();
    }

    private void start() throws IOException {
        boolean holding = harness.producer.holding;
        isDiskFull = false;
        harness.transactions.isAway = false;
        trace("start");
        harness.start();
        prepareProducer(holding);
        noteForced();
    }

    private void prepareProducer(boolean holding) {
        harness.producer.holding = holding;
        harness.producer.beforeSend = this::beforeCrash;
        harness.producer.namesRefused = true;
        harness.producer.refusal = this::refusal;
    }

    private Optional<ErrorCode> refusal(ProducerRecord record) {
        if (isRefusing) {
            return Optional.of(ErrorCode.NOT_ENOUGH_REPLICAS);
        }
        // The length does not depend on random ids.
        boolean isOdd =
                record.topic().equals(AgentHarness.TOPIC) && Objects.requireNonNull(record.value()).length % 40 == 0;
        return isOdd ? Optional.of(ErrorCode.INVALID_RECORD) : Optional.empty();
    }

    private void beforeCrash() {
        if (stepsToCrash == 0) {
            throw new Crash();
        }
        stepsToCrash--;
    }

    private void beforeDiskStep() throws IOException {
        if (stepsToCrash >= 0) {
            beforeCrash();
        }
        if (isDiskFull) {
            throw new IOException("the disk is full");
        }
    }

    private void noteForced() {
        writtenAtForce = harness.producer.written.size();
        inFlightAtForce = harness.agent.linesInFlight();
    }

    private void downtime() throws IOException {
        for (int moves = random.nextInt(3); moves > 0; moves--) {
            harness.pass(random.nextInt(20_000));
            moveLog();
        }
    }

    private void moveLog() throws IOException {
        SimulatedLog log = logs.get(random.nextInt(logs.size()));
        moves.move(log);
    }

    private void settle() throws IOException {
        trace("settle");
        isDiskFull = false;
        isRefusing = false;
        harness.transactions.isAway = false;
        harness.transactions.faults.clear();
        harness.producer.holding = false;
        harness.producer.answerAll();
        for (SimulatedLog log : logs) {
            if (log.isCopied()) {
                log.truncate();
            }
            if (log.isCompressing()) {
                log.endCompression();
            }
            log.endLine();
        }
        runUntilQuiet();
        trace("stop");
        harness.stop();
        harness.start();
        trace("start");
        runUntilQuiet();
        trace("stop");
        harness.stop();
        harness.start();
    }

    /** Lets the agent run until it has sent nothing for longer than it waits for anything. */
    private void runUntilQuiet() {
        int quiet = 0;
        for (int scan = 0; quiet < QUIET_SCANS; scan++) {
            int sent = sentLines();
            harness.run();
            harness.pass(20_000);
            quiet = sentLines() == sent && harness.agent.linesInFlight() == 0 ? quiet + 1 : 0;
            if (scan > SCANS_MAX) {
                throw new IllegalStateException("the agent is not quiet after " + scan + " scans");
            }
        }
        trace("quiet");
    }

    private int sentLines() {
        List<ProducerRecord> written = harness.producer.written;
        for (; counted < written.size(); counted++) {
            String topic = written.get(counted).topic();
            sentLines += topic.equals(AgentHarness.TOPIC) || topic.equals(AgentHarness.DEAD_LETTERS) ? 1 : 0;
        }
        return sentLines;
    }
}
