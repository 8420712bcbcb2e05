package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A disk on which a process is killed at one of the steps. */
final class CrashingDisk implements CheckpointDisk {
    private final int crashAtStep;
    private int step;

    CrashingDisk(int crashAtStep) {
        this.crashAtStep = crashAtStep;
    }

    private void step() throws IOException {
        if (step++ == crashAtStep) {
            throw new IOException("crash at step " + crashAtStep);
        }
    }

    @Override
    public void write(Path file, byte[] bytes) throws IOException {
        if (step == crashAtStep) {
            REAL.write(file, Arrays.copyOf(bytes, bytes.length / 2));
        }
        step();
        REAL.write(file, bytes);
    }

    @Override
    public void append(Path file, byte[] bytes) throws IOException {
        if (step == crashAtStep) {
            REAL.append(file, Arrays.copyOf(bytes, bytes.length / 2));
        }
        step();
        REAL.append(file, bytes);
    }

    @Override
    public void force(Path file) throws IOException {
        step();
        REAL.force(file);
    }

    @Override
    public void rename(Path from, Path to) throws IOException {
        step();
        REAL.rename(from, to);
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        step();
        REAL.forceDirectory(directory);
    }
}
