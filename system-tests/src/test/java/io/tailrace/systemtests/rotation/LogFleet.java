package io.tailrace.systemtests.rotation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Programs that write logs below a folder, one for each kind of rotation. Not thread-safe. */
public final class LogFleet implements AutoCloseable {
    private final Path root;
    private final List<WritingProgram> programs = new ArrayList<>();
    /** A turn of a program has the lock for reading. */
    private final ReadWriteLock turns = new ReentrantReadWriteLock(true);

    private boolean paused;

    /**
     * How much is written.
     *
     * @param fileBytesMax after about how much a log is rotated at the latest
     * @param backlogBytesMax how much of each log may be written and not received
     * @param lineBytesMax some lines are longer
     * @param pauseMsMax the longest pause of a program after it has written; zero for none
     */
    public record Scale(int fileBytesMax, int backlogBytesMax, int lineBytesMax, int pauseMsMax) {}

    /**
     * Starts the programs.
     *
     * @param root an empty folder
     * @param host the host's name in each line
     * @param judge is to know what is written
     */
    public LogFleet(Path root, String host, Scale scale, RowJudge judge, Random random) throws IOException {
        this.root = root;
        for (RotationKind kind : RotationKind.values()) {
            if (!kind.isPossible()) {
                System.out.println("no log is rotated by " + kind + ": install its program");
                continue;
            }
            WrittenLog log = new WrittenLog(kind.logName(), kind.headerLines(), scale.backlogBytesMax());
            judge.add(log);
            Path path = kind.path(root);
            Files.createDirectories(path.getParent());
            LogFiles files = new LogFiles(path, log, kind.appends());
            programs.add(
                    new WritingProgram(host, kind, log, files, scale, new Random(random.nextLong()), turns.readLock()));
        }
        programs.forEach(WritingProgram::start);
    }

    /** What a source is to follow that is configured from the beginning on. */
    public List<Path> paths() {
        return List.of(root.resolve("logs").resolve("*"), RotationKind.LINK_ALONE.path(root));
    }

    /** What a source is to follow that is configured later. */
    public Path addedPath() {
        return root.resolve(RotationKind.ADDED.folder()).resolve("*");
    }

    /** Lets every program end its turn. None begins another one until {@link #resume}. */
    public void pause() {
        turns.writeLock().lock();
        paused = true;
    }

    public void resume() {
        if (paused) {
            paused = false;
            turns.writeLock().unlock();
        }
    }

    /** Rotates every log soon, also while there is no room for more lines. */
    public void askToRotate() {
        programs.forEach(WritingProgram::askToRotate);
    }

    /** How many files were begun. */
    public int filesBegun() {
        return programs.stream().mapToInt(WritingProgram::filesBegun).sum();
    }

    /** Fails if a program could not go on. */
    public void requireAllWriting() {
        for (WritingProgram program : programs) {
            Throwable failure = program.failure();
            if (failure != null) {
                throw new AssertionError("cannot write or rotate " + program.logName(), failure);
            }
        }
    }

    /** Ends the programs, each after a whole line. */
    @Override
    public void close() {
        resume();
        programs.forEach(WritingProgram::end);
    }
}
