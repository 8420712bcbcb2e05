package io.tailrace.agent.checkpoint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's checkpoint on disk: {@code checkpoint.json}, a whole checkpoint, and {@code checkpoint.log}, what changed since.
 *
 * <p>A change is appended, which survives a {@code kill -9}, and forced to the disk within {@link #FORCE_MS}, which survives a power
 * failure. The identity of a content is forced at once: rows are known by it. When the log has grown large, a new whole checkpoint
 * takes its place. The log's first line names the checkpoint that it continues, so a log that is left over is not applied to
 * another one. Not thread-safe.
 */
public final class AgentCheckpointFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AgentCheckpointFile.class);

    /** How long a change may stay in the page cache. */
    static final long FORCE_MS = 1_000;

    /** The log may grow to this, or to twice the whole checkpoint. */
    private static final int LOG_BYTES_MIN = 1 << 20;

    private static final int CRC_DIGITS = 8;
    private static final HexFormat HEX = HexFormat.of();

    private final Path directory;
    private final Path file;
    private final Path temporary;
    private final Path changes;
    private final CheckpointDisk disk;
    /** The checkpoint with all changes, even if the last ones could not be written; null before {@link #begin}. */
    private @Nullable CheckpointContents contents;
    /** Whether a whole checkpoint must be written next, as the end of the log is not known. */
    private boolean mustWriteWhole = true;

    private long logBytes;
    private long logBytesMax;
    private boolean isForced = true;
    private long forcedMs;

    public AgentCheckpointFile(Path directory) {
        this(directory, CheckpointDisk.REAL);
    }

    AgentCheckpointFile(Path directory, CheckpointDisk disk) {
        this.directory = directory;
        this.file = directory.resolve("checkpoint.json");
        this.temporary = directory.resolve("checkpoint.json.tmp");
        this.changes = directory.resolve("checkpoint.log");
        this.disk = disk;
    }

    /**
     * Reads the last checkpoint that was written.
     *
     * @return empty if the agent is new
     * @throws IOException if the file cannot be read or is not a checkpoint; starting without it would send everything
     *     again
     */
    public Optional<Checkpoint> read() throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        byte[] whole = disk.read(file);
        try {
            return Optional.of(withChanges(CheckpointFormat.decode(whole), whole));
        } catch (IOException e) {
            throw new IOException(
                    file + ": not a checkpoint: " + e.getMessage()
                            + ". Restore the file, or delete it to read every log from its beginning",
                    e);
        }
    }

    private Checkpoint withChanges(Checkpoint checkpoint, byte[] whole) throws IOException {
        byte[] lines = Files.exists(changes) ? disk.read(changes) : new byte[0];
        byte[] first = firstLine(whole);
        if (!startsWith(lines, first)) {
            return checkpoint;
        }
        CheckpointContents changed = new CheckpointContents(checkpoint);
        int at = first.length;
        int end = lineEnd(lines, at);
        while (end >= 0 && isWhole(lines, at, end)) {
            changed.apply(CheckpointChangeFormat.decode(Arrays.copyOfRange(lines, at + CRC_DIGITS + 1, end)));
            at = end + 1;
            end = lineEnd(lines, at);
        }
        if (at < lines.length) {
            log.warn("the last change was not written whole, lines may be sent again: {}, byte {}", changes, at);
        }
        return changed.checkpoint();
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }

    /** The first line of the log of a whole checkpoint. */
    private static byte[] firstLine(byte[] whole) {
        return ("changes of checkpoint " + crc(whole, 0, whole.length) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    private static int lineEnd(byte[] lines, int from) {
        for (int at = from; at < lines.length; at++) {
            if (lines[at] == '\n') {
                return at;
            }
        }
        return -1;
    }

    private static boolean isWhole(byte[] lines, int from, int to) {
        int json = from + CRC_DIGITS + 1;
        return json <= to
                && new String(lines, from, CRC_DIGITS, StandardCharsets.US_ASCII).equals(crc(lines, json, to - json));
    }

    private static String crc(byte[] bytes, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, length);
        return HEX.toHexDigits((int) crc.getValue());
    }

    /**
     * The last checkpoint that was written, or that of a new agent. Changes follow from it.
     *
     * @throws IOException as {@link #read} does
     */
    public Checkpoint begin() throws IOException {
        Checkpoint checkpoint =
                read().orElseGet(() -> Checkpoint.initial(UUID.randomUUID().toString()));
        begin(checkpoint);
        return checkpoint;
    }

    /** Has changes follow from a checkpoint that was found elsewhere. The next write replaces the file. */
    public void begin(Checkpoint checkpoint) {
        contents = new CheckpointContents(checkpoint);
        mustWriteWhole = true;
    }

    /** Says whether this checkpoint or a topic has the agent's positions. */
    public PositionsOwner owner() {
        return new PositionsOwner(directory, disk);
    }

    /**
     * Whether every change is written. False before the first write: a checkpoint whose writer was killed before it had forced the
     * file's name is read at the next start, and lost with the power.
     */
    public boolean isWritten() {
        return !mustWriteWhole;
    }

    /** The checkpoint that {@link #begin} has returned, with every change since. */
    public Checkpoint checkpoint() {
        return contents().checkpoint();
    }

    private CheckpointContents contents() {
        if (contents == null) {
            throw new IllegalStateException("no checkpoint to change: " + file);
        }
        return contents;
    }

    /** Writes a whole checkpoint. After an exception the old or the new one is there. */
    public void write(Checkpoint checkpoint, long nowMs) throws IOException {
        contents = new CheckpointContents(checkpoint);
        writeWhole(checkpoint, nowMs);
    }

    /**
     * Brings the checkpoint on disk up to date. After a return the change survives the end of this process. After an exception it is there
     * or not, and is written with the next change.
     */
    public void write(CheckpointChange change, long nowMs) throws IOException {
        CheckpointContents changed = contents();
        boolean isAnyNew = changed.apply(change);
        if (mustWriteWhole || logBytes > logBytesMax) {
            writeWhole(changed.checkpoint(), nowMs);
            return;
        }
        mustWriteWhole = true;
        append(CheckpointChangeFormat.encode(change));
        isForced = false;
        if (isAnyNew || isDue(nowMs)) {
            force(nowMs);
        }
        mustWriteWhole = false;
    }

    private void writeWhole(Checkpoint checkpoint, long nowMs) throws IOException {
        mustWriteWhole = true;
        writeWhole(checkpoint);
        isForced = true;
        forcedMs = nowMs;
        mustWriteWhole = false;
    }

    private void writeWhole(Checkpoint checkpoint) throws IOException {
        byte[] whole = CheckpointFormat.encode(checkpoint);
        disk.write(temporary, whole);
        disk.force(temporary);
        disk.rename(temporary, file);
        byte[] first = firstLine(whole);
        disk.write(changes, first);
        // Both names.
        disk.forceDirectory(directory);
        logBytes = first.length;
        logBytesMax = Math.max(LOG_BYTES_MIN, 2L * whole.length);
    }

    private void append(byte[] change) throws IOException {
        byte[] line = new byte[CRC_DIGITS + 1 + change.length + 1];
        byte[] crc = crc(change, 0, change.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(crc, 0, line, 0, CRC_DIGITS);
        line[CRC_DIGITS] = ' ';
        System.arraycopy(change, 0, line, CRC_DIGITS + 1, change.length);
        line[line.length - 1] = '\n';
        disk.append(changes, line);
        logBytes += line.length;
    }

    private void force(long nowMs) throws IOException {
        disk.force(changes);
        isForced = true;
        forcedMs = nowMs;
    }

    /** A clock that was set back must not put it off. */
    private boolean isDue(long nowMs) {
        return nowMs < forcedMs || nowMs - forcedMs >= FORCE_MS;
    }

    /** Forces changes to the disk that have waited for long enough. */
    public void forceIfDue(long nowMs) throws IOException {
        if (!isForced && !mustWriteWhole && isDue(nowMs)) {
            // After a failure, another attempt may succeed although the bytes are gone.
            mustWriteWhole = true;
            force(nowMs);
            mustWriteWhole = false;
        }
    }

    /** Forces the last change to the disk. */
    @Override
    public void close() throws IOException {
        if (!isForced && !mustWriteWhole) {
            disk.force(changes);
            isForced = true;
        }
    }
}
