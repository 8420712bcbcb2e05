package io.tailrace.loader.task;

import io.tailrace.loader.table.FileAudit;
import io.tailrace.schemas.Framing;
import io.tailrace.schemas.audit.ContentSum;
import io.tailrace.schemas.audit.GrowingSum;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Sums the content of a file's rows by host and window while they are written. Used by one thread. */
final class RowSums {

    /** Bounds the memory of all sums of a task. */
    static final class Limit {
        private static final int ENTRIES_MAX = 100_000;
        private int entries;

        boolean take() {
            return entries < ENTRIES_MAX && entries++ >= 0;
        }

        void release(int count) {
            entries -= count;
        }
    }

    private final Limit limit;
    private final Map<String, Map<Long, GrowingSum>> sums = new HashMap<>(2);
    private int entries;
    private boolean isComplete = true;
    private byte[] latestHost = new byte[0];
    private Map<Long, GrowingSum> latestSums = Map.of();

    RowSums(Limit limit) {
        this.limit = limit;
    }

    /** Adds a row that is a framed value. */
    void add(Row row) {
        if (!isComplete) {
            return;
        }
        Map<Long, GrowingSum> windows = windows(row);
        long window = FileAudit.windowStartMs(row.eventTimeMs);
        GrowingSum sum = windows.get(window);
        if (sum == null) {
            if (entries == FileAudit.ENTRIES_MAX || !limit.take()) {
                giveUp();
                return;
            }
            entries++;
            sum = new GrowingSum();
            windows.put(window, sum);
        }
        sum.add(row.array(), Framing.HEADER_BYTES, row.length() - Framing.HEADER_BYTES);
    }

    /** Rows of a host mostly follow each other, so its name is rarely decoded. */
    private Map<Long, GrowingSum> windows(Row row) {
        int from = row.hostFrom;
        int to = from + row.hostLength;
        if (latestSums.isEmpty() || !Arrays.equals(latestHost, 0, latestHost.length, row.hostBytes, from, to)) {
            latestHost = Arrays.copyOfRange(row.hostBytes, from, to);
            latestSums = sums.computeIfAbsent(new String(latestHost, StandardCharsets.UTF_8), host -> new HashMap<>(8));
        }
        return latestSums;
    }

    private void giveUp() {
        isComplete = false;
        release();
    }

    /** Frees the memory. */
    void release() {
        limit.release(entries);
        entries = 0;
        sums.clear();
        latestSums = Map.of();
    }

    /** The sums of the rows so far. */
    FileAudit result() {
        if (!isComplete) {
            return FileAudit.INCOMPLETE;
        }
        SortedMap<String, SortedMap<Long, ContentSum>> byHost = new TreeMap<>();
        sums.forEach((host, windows) -> {
            SortedMap<Long, ContentSum> ofHost = new TreeMap<>();
            windows.forEach((window, sum) -> ofHost.put(window, sum.sum()));
            byHost.put(host, ofHost);
        });
        return new FileAudit(true, byHost);
    }
}
