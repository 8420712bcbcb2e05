package io.tailrace.log;

import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The copies in a log directory that have not yet replaced the logs they are copied from; see {@link LogMove}. Such a copy is not
 * its partition's log: nothing reads it, and after a crash the copying starts again. Thread-safe.
 */
public final class FutureLogs {
    private final LogContext context;
    private final Map<TopicPartition, Log> logs;
    /** The directory's: held while logs or copies are created, deleted or closed. */
    private final Object changes;

    private final Map<TopicPartition, Log> copies = new ConcurrentHashMap<>();
    /** Copies that an earlier process has left; their files stay until the move starts again or is given up. */
    private final Set<TopicPartition> unfinished = ConcurrentHashMap.newKeySet();
    /** Partitions whose log came from another directory, which may still hold it. */
    private final Set<TopicPartition> arrived = ConcurrentHashMap.newKeySet();
    /** Guarded by {@link #changes}. */
    private boolean isClosed;

    /**
     * The copies in a directory.
     *
     * @param logs the directory's logs, which a copy joins when it is complete
     * @param changes held while {@code logs} changes
     */
    FutureLogs(LogContext context, Map<TopicPartition, Log> logs, Object changes) {
        this.context = context;
        this.logs = logs;
        this.changes = changes;
    }

    /**
     * Removes unfinished copies from the partitions that were found at the start.
     *
     * @return partitions whose marker is damaged, which are removed, too
     */
    Map<TopicPartition, CorruptLogException> removeCopiesFrom(Map<TopicPartition, Path> found) throws IOException {
        Map<TopicPartition, CorruptLogException> damaged = new HashMap<>();
        for (TopicPartition partition : List.copyOf(found.keySet())) {
            try {
                MoveMarker.State state = MoveMarker.read(context.directoryOf(partition));
                if (state == MoveMarker.State.COPYING) {
                    unfinished.add(partition);
                    found.remove(partition);
                } else if (state == MoveMarker.State.COMPLETE) {
                    arrived.add(partition);
                }
            } catch (CorruptLogException e) {
                damaged.put(partition, e);
                found.remove(partition);
            }
        }
        return damaged;
    }

    /** Moves that an earlier process has left unfinished: each starts again, or is {@linkplain #discard given up}. */
    public Set<TopicPartition> unfinished() {
        return Set.copyOf(unfinished);
    }

    /** Partitions whose log has come here, while the one in its former directory may not be deleted yet. */
    public Set<TopicPartition> arrived() {
        return Set.copyOf(arrived);
    }

    /** The copies that are being made. */
    public Collection<Log> copies() {
        return Collections.unmodifiableCollection(copies.values());
    }

    /** Creates an empty copy of another directory's log. Its directory appears with the marker in it. */
    Log create(Log source, long nowMs) throws IOException {
        TopicPartition partition = source.partition();
        context.health().ensureOnline();
        synchronized (changes) {
            if (isClosed) {
                throw new LogClosedException(partition);
            }
            if (logs.containsKey(partition)) {
                throw new IllegalStateException(
                        "log of " + partition + " is in " + context.config().path());
            }
            try {
                discard(partition, nowMs);
                context.checkpoints().forget(partition);
                prepare(source, nowMs);
                Log copy = DirectoryLoader.load(context, partition, source.config(), LogLoader.Checkpoint.NONE, nowMs);
                copies.put(partition, copy);
                return copy;
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    private void prepare(Log source, long nowMs) throws IOException {
        Path path = context.directoryOf(source.partition());
        if (Files.exists(path)) {
            // Left half done by a creation or deletion that failed.
            context.trash().add(List.of(PartitionDirectories.markDeleted(path, source.partition())), nowMs);
        }
        // A directory with this ending is deleted by the next start.
        String name = UUID.randomUUID().toString().replace("-", "") + PartitionDirectories.DELETED;
        Path prepared = Files.createDirectory(path.resolveSibling(name));
        Path metadata = source.state().directory().resolve(PartitionMetadata.FILE);
        if (Files.exists(metadata)) {
            AtomicFile.replace(
                    context.disk(),
                    prepared.resolve(PartitionMetadata.FILE),
                    ByteBuffer.wrap(Files.readAllBytes(metadata)));
        }
        MoveMarker.write(context.disk(), prepared, MoveMarker.State.COPYING);
        context.disk().move(prepared, path);
        context.disk().syncDirectory(context.config().path());
    }

    /** Makes a copy the log of its partition. This is stored before it returns; if it fails, the copy is still a copy. */
    void adopt(Log copy) throws IOException {
        TopicPartition partition = copy.partition();
        synchronized (changes) {
            if (isClosed) {
                throw new LogClosedException(partition);
            }
            logs.put(partition, copy);
            try {
                context.checkpoints().write();
                MoveMarker.write(context.disk(), context.directoryOf(partition), MoveMarker.State.COMPLETE);
                arrived.add(partition);
                copies.remove(partition);
            } catch (IOException e) {
                logs.remove(partition);
                throw context.health().report(e);
            }
        }
    }

    /** Removes the marker of a log that has come here: its former files are deleted. */
    public void removeMarker(TopicPartition partition) throws IOException {
        context.health().ensureOnline();
        synchronized (changes) {
            try {
                MoveMarker.remove(context.disk(), context.directoryOf(partition));
                arrived.remove(partition);
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /** Deletes a copy, made by this process or left by an earlier one. Does nothing if there is none. */
    public void discard(TopicPartition partition, long nowMs) throws IOException {
        synchronized (changes) {
            Log copy = copies.remove(partition);
            if (copy != null) {
                copy.abandon();
            }
            boolean wasUnfinished = unfinished.remove(partition);
            Path path = context.directoryOf(partition);
            try {
                if ((copy != null || wasUnfinished) && Files.exists(path)) {
                    context.trash().add(List.of(PartitionDirectories.markDeleted(path, partition)), nowMs);
                }
            } catch (IOException e) {
                throw context.health().report(e);
            }
        }
    }

    /** A log that had come here is deleted, with its marker. */
    void forget(TopicPartition partition) {
        arrived.remove(partition);
    }

    /** Closes the copies without writing anything: the next start copies them again. */
    void close() {
        synchronized (changes) {
            isClosed = true;
            copies.values().forEach(Log::abandon);
            copies.clear();
        }
    }
}
