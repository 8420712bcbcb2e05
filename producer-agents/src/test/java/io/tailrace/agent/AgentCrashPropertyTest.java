package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random writes, rotations, refusals and crashes: every line is sent, only those in flight at a crash twice and then as
 * the same record, and the audit is right about each.
 */
class AgentCrashPropertyTest {
    private static final int SEEDS = Integer.getInteger("seeds", 20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    private final List<String> expected = new ArrayList<>();
    private Random random = new Random();

    @SuppressWarnings("NullAway.Init")
    private AgentHarness harness;

    private int nextLine;
    private int rotations;

    @Test
    void everyLineIsSentDespiteCrashes() throws IOException {
        play(true);
    }

    @Test
    void everyLineIsSentOnceIfEveryStopIsClean() throws IOException {
        play(false);
    }

    private void play(boolean crashes) throws IOException {
        long first = Long.getLong("seed", new Random().nextInt(1_000_000));
        for (long seed = first; seed < first + SEEDS; seed++) {
            try {
                play(seed, crashes);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("to repeat: -Dseed=" + seed + " -Dseeds=1", e);
            }
        }
    }

    private void play(long seed, boolean crashes) throws IOException {
        random = new Random(seed);
        expected.clear();
        nextLine = 0;
        rotations = 0;
        harness = AgentHarness.json(folder.resolve((crashes ? "crash" : "clean") + seed));
        int repeatedMax = 0;
        for (int move = 0; move < 40; move++) {
            harness.pass(random.nextInt(4) == 0 ? random.nextInt(300_000) : 0);
            switch (random.nextInt(crashes ? 10 : 9)) {
                case 0, 1, 2 -> write();
                case 3, 4 -> harness.run();
                case 5 -> rotate();
                case 6 -> {
                    harness.producer.holding = !harness.producer.holding;
                    harness.producer.answerAll();
                }
                case 7 -> {
                    harness.producer.answer(random.nextInt(30));
                    harness.run();
                }
                case 8 -> {
                    harness.stop();
                    downtime();
                    harness.start();
                }
                default -> {
                    repeatedMax += harness.agent.linesInFlight();
                    harness.crash(random.nextInt(harness.producer.pending.size() + 1));
                    downtime();
                    harness.start();
                }
            }
        }
        settle();
        List<String> lines = new ArrayList<>(harness.lines());
        harness.values(AgentHarness.DEAD_LETTERS)
                .forEach(letter -> lines.add(letter.get("line").toString()));
        assertThat(new HashSet<>(lines)).isEqualTo(new HashSet<>(expected));
        assertThat(lines.size() - expected.size()).isBetween(0, repeatedMax);
        AuditOracle.of(harness).check(expected.size());
        harness.close();
    }

    private void settle() throws IOException {
        endLine();
        harness.producer.holding = false;
        harness.producer.answerAll();
        for (int scan = 0; scan < 4; scan++) {
            harness.run();
            harness.pass(20_000);
        }
        harness.run();
        harness.stop();
        harness.start();
        harness.run();
    }

    /** Writes and rotates files while the agent is down. */
    private void downtime() throws IOException {
        for (int moves = random.nextInt(3); moves > 0; moves--) {
            if (random.nextBoolean()) {
                write();
            } else {
                rotate();
            }
        }
    }

    private void write() throws IOException {
        StringBuilder text = new StringBuilder();
        for (int lines = random.nextInt(60); lines >= 0; lines--) {
            String line = line();
            expected.add(line);
            text.append(line);
            if (lines > 0 || random.nextInt(4) > 0) {
                text.append('\n');
            }
        }
        boolean wasCut = Files.exists(harness.log("access.log")) && !endsWhole();
        harness.append("access.log", (wasCut ? "\n" : "") + text);
    }

    /** Lines are up to the disorder late. Some cannot be parsed. */
    private String line() {
        long atMs = harness.nowMs - random.nextLong(AgentHarness.DISORDER_MS);
        String more = ",\"line\":" + nextLine++ + ",\"x\":\"" + "x".repeat(random.nextInt(60)) + "\"}";
        return (random.nextInt(20) == 0 ? "{\"at\":null" : "{\"at\":" + atMs) + more;
    }

    private boolean endsWhole() throws IOException {
        byte[] bytes = Files.readAllBytes(harness.log("access.log"));
        return bytes.length == 0 || bytes[bytes.length - 1] == '\n';
    }

    private void endLine() throws IOException {
        if (Files.exists(harness.log("access.log")) && !endsWhole()) {
            harness.append("access.log", "\n");
        }
    }

    private void rotate() throws IOException {
        Path log = harness.log("access.log");
        if (!Files.exists(log) || Files.size(log) == 0) {
            return;
        }
        endLine();
        String rotated = "access.log." + ++rotations;
        if (random.nextBoolean()) {
            Files.move(log, harness.log(rotated));
        } else {
            Files.copy(log, harness.log(rotated));
            Files.newByteChannel(log, StandardOpenOption.WRITE).truncate(0).close();
        }
        if (random.nextInt(3) == 0) {
            try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(harness.log(rotated + ".gz")))) {
                Files.copy(harness.log(rotated), out);
            }
            Files.delete(harness.log(rotated));
        }
    }
}
