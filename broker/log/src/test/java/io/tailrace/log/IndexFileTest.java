package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Indexes of more entries than one tail and one page hold. */
class IndexFileTest {
    /** Many tails, many pages, and a part of each. */
    private static final int ENTRIES = 20 * ThreadBuffers.PAGE_BYTES / OffsetIndex.ENTRY_BYTES + 77;

    @TempDir
    Path directory = Path.of("unset");

    private IndexFile open(int keyBytes) throws IOException {
        return new IndexFile(Disk.REAL, directory.resolve("index"), keyBytes);
    }

    private static void append(IndexFile index, int from, int to) throws IOException {
        for (int i = from; i < to; i++) {
            index.append(10L * i, 3 * i);
        }
    }

    private static void expectEntries(IndexFile index, int count) throws IOException {
        assertThat(index.count()).isEqualTo(count);
        assertThat(index.floor(-1)).isNull();
        for (int i = 0; i < count; i++) {
            IndexFile.Entry expected = new IndexFile.Entry(10L * i, 3 * i);
            assertThat(index.floor(10L * i)).isEqualTo(expected);
            assertThat(index.floor(10L * i + 9)).isEqualTo(expected);
        }
        assertThat(index.last()).isEqualTo(new IndexFile.Entry(10L * (count - 1), 3 * (count - 1)));
        assertThat(index.floor(Integer.MAX_VALUE)).isEqualTo(index.last());
    }

    @ParameterizedTest
    @ValueSource(ints = {OffsetIndex.KEY_BYTES, TimeIndex.KEY_BYTES})
    void everyEntryIsFoundInMemoryAndInTheFile(int keyBytes) throws IOException {
        IndexFile index = open(keyBytes);
        append(index, 0, ENTRIES);
        expectEntries(index, ENTRIES);
        assertThat(Files.size(index.path()))
                .as("only whole blocks are written so far")
                .isEqualTo((long) (ENTRIES - 1)
                        / IndexFile.TAIL_ENTRIES
                        * IndexFile.TAIL_ENTRIES
                        * (keyBytes + Integer.BYTES));
        index.write();
        index.close();
        IndexFile reopened = open(keyBytes);
        expectEntries(reopened, ENTRIES);
        append(reopened, ENTRIES, ENTRIES + 200);
        expectEntries(reopened, ENTRIES + 200);
        reopened.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 127, 128, 129, 600, ENTRIES - 130, ENTRIES - 1, ENTRIES})
    void truncationKeepsWhatIsBelow(int kept) throws IOException {
        IndexFile index = open(OffsetIndex.KEY_BYTES);
        append(index, 0, ENTRIES);
        index.truncateValuesFrom(3L * kept - 2);
        expectEntries(index, kept);
        append(index, kept, kept + 300);
        expectEntries(index, kept + 300);
        index.write();
        index.close();
        IndexFile reopened = open(OffsetIndex.KEY_BYTES);
        expectEntries(reopened, kept + 300);
        reopened.close();
    }

    /** Plain comparisons: an assertion is so slow that few lookups would overlap. */
    private static boolean isPossibleLast(IndexFile.@Nullable Entry entry) {
        return entry != null && entry.value() >= 3 && entry.value() < 3 * 300 && entry.key() * 3 == entry.value() * 10L;
    }

    /**
     * A lookup may fail or return an old entry, but it must not leave the entries that it sees. The last is never the first
     * one, so that the zeros of an unused slot show.
     */
    @Test
    void aLookupThatOverlapsTruncationsNeverReadsOutsideTheTail() throws Exception {
        IndexFile index = open(OffsetIndex.KEY_BYTES);
        append(index, 0, 300);
        AtomicBoolean isDone = new AtomicBoolean();
        CountDownLatch isRunning = new CountDownLatch(1_000);
        ExecutorService reader = Executors.newSingleThreadExecutor();
        Future<Integer> lookups = reader.submit(() -> {
            int count = 0;
            while (!isDone.get()) {
                try {
                    IndexFile.Entry entry = index.floor(Integer.MAX_VALUE);
                    if (!isPossibleLast(entry)) {
                        throw new AssertionError("expected one of 300 entries, not the first, found " + entry);
                    }
                } catch (IOException e) {
                    // The file was cut under the lookup; the caller repeats it.
                }
                count++;
                isRunning.countDown();
            }
            return count;
        });
        assertThat(isRunning.await(60, TimeUnit.SECONDS)).isTrue();
        for (int round = 0; round < 3_000; round++) {
            append(index, index.count(), 300);
            index.truncate(2 + round % 200);
        }
        isDone.set(true);
        assertThat(lookups.get(60, TimeUnit.SECONDS)).isPositive();
        reader.shutdown();
        index.close();
    }
}
