package io.tailrace.loader.task;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.BackgroundSync;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.StagedFile;
import io.tailrace.loader.table.TableKind;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows of a task, in any order of their hours, to one file per table and hour.
 *
 * <p>Rows wait in memory until their limit, half of the task's memory, is reached. Then the largest hours get an open file, to
 * which their rows go from now on, and the rows of all other hours are spilled to a local disk. At the end, the files of these
 * hours are written one after the other. The other half of the task's memory is for the row groups of open files. Only a task
 * that has spilled more than its limit, or has too many hours, completes its files and starts new ones.
 *
 * <p>Used by one thread.
 */
final class TaskFiles implements AutoCloseable {
    /** Files at once, most of them buffers. Bounds what is kept for each, even if every record has another hour. */
    private static final int FILES_MAX = 10_000;

    /** An hour gets an open file if it has this share of all buffered rows. */
    private static final int OPEN_SHARE = 8;

    private final TaskSpec spec;
    private final AbortCheck abort;
    private final BackgroundSync sync = new BackgroundSync();
    private final Map<TableKind, ParquetFiles> parquet = new EnumMap<>(TableKind.class);
    private final TaskMemory memory;
    private final BlockPool pool;
    private final int openMax;
    private final Map<RowFile.Key, RowFile> files = new HashMap<>();
    private final List<StagedFile> finished = new ArrayList<>();
    private final Row drained = new Row();
    private final RowSums.Limit sumsLimit = new RowSums.Limit();
    private @Nullable RowFile latest;
    private @Nullable SpillFile spill;
    private int open;
    private int created;

    /** @param abort checked before each file is completed */
    TaskFiles(TaskSpec spec, Map<TableKind, RowFormat> formats, Store store, AbortCheck abort) {
        this.spec = spec;
        this.abort = abort;
        this.memory = spec.parquet().memory();
        this.pool = new BlockPool(memory.bufferBytes());
        this.openMax = memory.openFilesMax(spec.parquet().rowGroupBytes());
        formats.forEach((table, format) -> parquet.put(table, new ParquetFiles(table, format, spec, store, sync)));
    }

    /**
     * Adds a row that was read.
     *
     * @param eventTimeMs decides the row's hour; must have a path partition
     * @return the sums of the row's file, for the row to be added to
     */
    RowSums write(TableKind table, long eventTimeMs, Row row) throws IOException {
        RowFile file = existing(table, eventTimeMs);
        if ((file == null || !file.isOpen()) && !pool.hasRoom(row.bufferedBytes())) {
            makeRoom();
            file = existing(table, eventTimeMs);
        }
        if (file == null) {
            file = add(RowFile.Key.of(table, eventTimeMs), row);
        }
        latest = file;
        file.count(row);
        if (file.isOpen()) {
            file.write(row);
        } else {
            file.buffer().append(row);
        }
        return file.sums();
    }

    private @Nullable RowFile existing(TableKind table, long eventTimeMs) {
        return latest != null && latest.key().has(table, eventTimeMs)
                ? latest
                : files.get(RowFile.Key.of(table, eventTimeMs));
    }

    private RowFile add(RowFile.Key key, Row row) throws IOException {
        if (files.size() == FILES_MAX) {
            finishAll();
        }
        RowFile file = new RowFile(key, row.offset(), new RowBuffer(pool), new RowSums(sumsLimit));
        files.put(key, file);
        return file;
    }

    private void makeRoom() throws IOException {
        if (spill != null && spill.bytes() >= memory.spillBytesMax()) {
            finishAll();
            return;
        }
        while (open < openMax && pool.takenBytes() > pool.bytesMax() / 2) {
            RowFile largest = files.values().stream()
                    .filter(file -> !file.isOpen())
                    .max(Comparator.comparingLong(file -> file.buffer().memoryBytes()))
                    .orElseThrow();
            if (largest.buffer().memoryBytes() < pool.takenBytes() / OPEN_SHARE) {
                break;
            }
            open(largest);
        }
        if (pool.takenBytes() > pool.bytesMax() / 2) {
            spillAll();
        }
    }

    private void open(RowFile file) throws IOException {
        ParquetFiles format = parquet(file.key().table());
        file.open(format.create(format.stagedName(created++), file.sums()));
        open++;
        file.buffer().drain(drained, row -> {
            format.read(row);
            file.write(row);
        });
    }

    private ParquetFiles parquet(TableKind table) {
        ParquetFiles format = parquet.get(table);
        if (format == null) {
            throw new IllegalStateException("the task does not write table " + table);
        }
        return format;
    }

    private void spillAll() throws IOException {
        if (spill == null) {
            spill = SpillFile.open(memory.folder());
        }
        for (RowFile file : files.values()) {
            file.buffer().spill(spill);
        }
        spill.flush();
    }

    /** Completes the files of all rows so far. Further rows get new files, also of the same hours. */
    private void finishAll() throws IOException {
        // Open files first: their row groups take the memory that the others need.
        List<RowFile> order = files.values().stream()
                .sorted(Comparator.comparing(RowFile::isOpen).reversed().thenComparing(RowFile::key))
                .toList();
        for (RowFile file : order) {
            abort.throwIfAborted();
            if (!file.isOpen()) {
                open(file);
            }
            finish(file);
        }
        latest = null;
        if (spill != null) {
            spill.close();
            spill = null;
        }
    }

    private void finish(RowFile file) throws IOException {
        file.close();
        file.sums().release();
        open--;
        files.remove(file.key());
        TopicPartition partition = spec.range().topicPartition();
        String name = Layout.fileName(partition, spec.series(), file.first(), file.last());
        finished.add(file.stagedFile(name, partition.partition()));
    }

    /** Completes all files and returns them; they are on disk. */
    List<StagedFile> finish() throws IOException {
        finishAll();
        sync.await();
        return List.copyOf(finished);
    }

    /** Closes what a failed task has open. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (RowFile file : files.values()) {
            try {
                file.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        files.clear();
        parquet.values().forEach(ParquetFiles::close);
        sync.close();
        if (spill != null) {
            spill.close();
        }
        if (failure != null) {
            throw failure;
        }
    }
}
