package io.tailrace.systemtests;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Processes that are members of groups. A thread kills, pauses, stops and adds them at random, while {@link #disturb} permits it.
 */
final class MemberFleet implements AutoCloseable {
    /** The number of processes at the start, and at most. */
    static final int PROCESSES_MAX = 10;

    private static final int PROCESSES_MIN = 6;
    private static final int REST_MS_MAX = 4_000;
    private static final int BRIEFLY_MS_MAX = 4_000;
    private static final int BEYOND_THE_SESSION_MS_MIN = 9_000;
    private static final int BEYOND_THE_SESSION_MS_MAX = 13_000;

    private final String bootstrapServers;
    private final String topic;
    private final Path folder;
    private final Random random;
    private final Consumer<String> note;
    /** Held while a fault is injected and undone. Guards the processes and the counter. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final List<Member> running = new ArrayList<>();
    private final List<Path> logs = new ArrayList<>();
    private final CompletableFuture<Void> disturbing;
    private int kills;
    private volatile boolean isCalm = true;
    private volatile boolean closed;

    private record Member(String name, ServerProcess process) {}

    private enum Disturbance {
        KILL,
        PAUSE_BRIEFLY,
        PAUSE_BEYOND_ITS_SESSION,
        STOP,
        ADD
    }

    /**
     * Starts the processes.
     *
     * @param folder for their logs and output
     * @param note called with each event
     */
    MemberFleet(String bootstrapServers, String topic, Path folder, Random random, Consumer<String> note)
            throws IOException {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.folder = folder;
        this.random = random;
        this.note = note;
        for (int i = 0; i < PROCESSES_MAX; i++) {
            add();
        }
        disturbing = CompletableFuture.runAsync(this::run, task -> new Thread(task, "members").start());
    }

    private void add() throws IOException {
        int number = logs.size() + 1;
        String name = "member-" + number;
        Path log = folder.resolve(name + ".records");
        logs.add(log);
        running.add(new Member(
                name,
                ServerProcess.startMain(
                        folder.resolve(name + ".out"),
                        MemberMain.class,
                        List.of(
                                bootstrapServers,
                                topic,
                                log.toString(),
                                number % 2 == 0 ? "java" : "tailrace",
                                number / 2 % 2 == 0 ? "automatic" : "manual"))));
    }

    private void run() {
        while (!closed) {
            try {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(REST_MS_MAX));
                turn.lockInterruptibly();
                try {
                    if (!isCalm) {
                        disturbOnce();
                    }
                } finally {
                    turn.unlock();
                }
            } catch (InterruptedException | IOException e) {
                throw new AssertionError("a member could not be killed, paused or started", e);
            }
        }
    }

    private void disturbOnce() throws IOException, InterruptedException {
        Disturbance drawn = Disturbance.values()[random.nextInt(Disturbance.values().length)];
        Member victim = running.get(random.nextInt(running.size()));
        requireAlive(victim);
        boolean hasRoom = running.size() < PROCESSES_MAX;
        boolean isSpare = running.size() > PROCESSES_MIN;
        switch (drawn) {
            case PAUSE_BRIEFLY -> pause(victim, 1 + random.nextInt(BRIEFLY_MS_MAX));
            case PAUSE_BEYOND_ITS_SESSION ->
                pause(victim, random.nextInt(BEYOND_THE_SESSION_MS_MIN, BEYOND_THE_SESSION_MS_MAX));
            case KILL, STOP, ADD -> {
                if (hasRoom && (drawn == Disturbance.ADD || !isSpare)) {
                    add();
                    note.accept("member added, now " + running.size());
                } else if (drawn == Disturbance.STOP) {
                    remove(victim, "stopped");
                    victim.process().terminate();
                } else {
                    kill(victim);
                }
            }
        }
    }

    private void kill(Member victim) throws InterruptedException {
        kills++;
        remove(victim, "killed");
        victim.process().kill9();
    }

    private void remove(Member victim, String how) {
        running.remove(victim);
        note.accept("%s %s, now %d".formatted(victim.name(), how, running.size()));
    }

    /** Another one may be killed meanwhile. */
    private void pause(Member victim, int ms) throws IOException, InterruptedException {
        note.accept("%s paused for %d ms".formatted(victim.name(), ms));
        victim.process().pause();
        TimeUnit.MILLISECONDS.sleep(ms / 2);
        if (running.size() > PROCESSES_MIN && random.nextInt(3) == 0) {
            Member other = running.get(random.nextInt(running.size()));
            if (!other.equals(victim)) {
                kill(other);
            }
        }
        TimeUnit.MILLISECONDS.sleep(ms / 2);
        victim.process().resume();
    }

    /** Begins to inject faults. */
    void disturb() {
        isCalm = false;
    }

    /** Injects no faults until {@link #disturb}. On return, those injected are undone. */
    void calm() {
        isCalm = true;
        assertNoneFailed();
    }

    /** Fails if a process has ended that was not made to, or a fault could not be injected. */
    private void assertNoneFailed() {
        if (disturbing.isDone()) {
            disturbing.join();
        }
        turn.lock();
        try {
            running.forEach(this::requireAlive);
        } finally {
            turn.unlock();
        }
    }

    private void requireAlive(Member member) {
        if (member.process().hasEnded()) {
            throw new AssertionError(
                    member.name() + " has failed:\n" + ServerProcess.tail(folder.resolve(member.name() + ".out")));
        }
    }

    /** The number of running processes. */
    int size() {
        turn.lock();
        try {
            return running.size();
        } finally {
            turn.unlock();
        }
    }

    /** The number of processes killed. */
    int kills() {
        turn.lock();
        try {
            return kills;
        } finally {
            turn.unlock();
        }
    }

    /** The {@link MemberLog} of each process that was ever started. */
    List<Path> logs() {
        turn.lock();
        try {
            return List.copyOf(logs);
        } finally {
            turn.unlock();
        }
    }

    /** Stops all processes. */
    @Override
    public void close() {
        closed = true;
        isCalm = true;
        disturbing.exceptionally(failure -> null).join();
        running.forEach(member -> member.process().close());
    }
}
