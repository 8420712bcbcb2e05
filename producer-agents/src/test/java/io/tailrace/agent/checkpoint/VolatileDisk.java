package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A disk for checkpoints that knows which bytes have been forced, and loses the others in a power failure. The files are where their
 * paths say, so that they can be in memory. Not thread-safe.
 */
public final class VolatileDisk implements CheckpointDisk {
    private final Random random;
    /** Called before each step, which may throw: an IOException if the disk is full, another one to end the agent. */
    private Step beforeStep = () -> {};

    private Runnable afterForce = () -> {};
    /** What each file holds after a power failure, if its name is forced, too. */
    private final Map<Path, byte[]> forced = new HashMap<>();
    /** The names that a power failure leaves, each with what its file held when the name was forced. */
    private final Map<Path, byte[]> durable = new HashMap<>();

    /** What happens before a step of writing. */
    @FunctionalInterface
    public interface Step {
        void run() throws IOException;
    }

    public VolatileDisk(Random random) {
        this.random = random;
    }

    /** A checkpoint file on this disk. */
    public AgentCheckpointFile open(Path directory) {
        return new AgentCheckpointFile(directory, this);
    }

    public void beforeStep(Step step) {
        beforeStep = step;
    }

    /** Sets what is called whenever bytes have been forced. */
    public void afterForce(Runnable action) {
        afterForce = action;
    }

    /** Leaves of each file what was forced, and perhaps a part of what was written since. */
    public void failPower(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!durable.containsKey(file)) {
                    Files.delete(file);
                }
            }
        }
        for (Map.Entry<Path, byte[]> each : durable.entrySet()) {
            byte[] kept = each.getValue();
            byte[] now = Files.exists(each.getKey()) ? Files.readAllBytes(each.getKey()) : kept;
            boolean isLonger = now.length > kept.length && Arrays.equals(now, 0, kept.length, kept, 0, kept.length);
            Files.write(
                    each.getKey(),
                    isLonger ? Arrays.copyOf(now, kept.length + random.nextInt(now.length - kept.length)) : kept);
        }
    }

    /** Leaves an empty directory, as of a new disk. */
    public void lose(Path directory) throws IOException {
        forced.clear();
        durable.clear();
        failPower(directory);
    }

    @Override
    public void write(Path file, byte[] bytes) throws IOException {
        beforeStep.run();
        // A new or truncated file has nothing until it is forced.
        forced.put(file, new byte[0]);
        REAL.write(file, bytes);
    }

    @Override
    public void append(Path file, byte[] bytes) throws IOException {
        try {
            beforeStep.run();
        } catch (IOException | RuntimeException e) {
            REAL.append(file, Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
            throw e;
        }
        REAL.append(file, bytes);
    }

    @Override
    public void force(Path file) throws IOException {
        beforeStep.run();
        byte[] bytes = Files.readAllBytes(file);
        forced.put(file, bytes);
        durable.computeIfPresent(file, (name, before) -> bytes);
        afterForce.run();
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        beforeStep.run();
        Files.move(from, to, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        byte[] bytes = forced.remove(from);
        forced.put(to, bytes == null ? new byte[0] : bytes);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        beforeStep.run();
        durable.clear();
        durable.putAll(forced);
    }
}
