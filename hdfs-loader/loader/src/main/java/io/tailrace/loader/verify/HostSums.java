package io.tailrace.loader.verify;

import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Sums the rows of a file by host, and remembers what is wrong with them. Used by one thread. */
final class HostSums {
    /** Hosts of one file. A file with more of them is not verified. */
    static final int HOSTS_MAX = 100_000;

    /** A row without a hash. No sum that includes it is that of the records. */
    private static final ContentSum UNKNOWN = new ContentSum(1, 0, 0);

    private final Map<String, Rows> hosts = new HashMap<>();

    /** The file has more than {@link #HOSTS_MAX} hosts. */
    static final class TooManyHostsException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Rows {
        private ContentSum sum = ContentSum.ZERO;
        private @Nullable String altered;
        private @Nullable String unverified;
        private long unverifiedCount;
    }

    private Rows rows(String host) {
        Rows rows = hosts.computeIfAbsent(host, first -> new Rows());
        if (hosts.size() > HOSTS_MAX) {
            throw new TooManyHostsException();
        }
        return rows;
    }

    void add(String host, ContentHash hash) {
        Rows rows = rows(host);
        rows.sum = rows.sum.plus(hash);
    }

    void addAltered(String host, String reason) {
        Rows rows = rows(host);
        rows.sum = rows.sum.plus(UNKNOWN);
        rows.altered = rows.altered == null ? reason : rows.altered;
    }

    void addUnverified(String host, String reason) {
        addUnverified(host, UNKNOWN.count(), reason);
    }

    void addUnverified(String host, long count, String reason) {
        Rows rows = rows(host);
        rows.sum = rows.sum.plus(new ContentSum(count, 0, 0));
        rows.unverified = rows.unverified == null ? reason : rows.unverified;
        rows.unverifiedCount += count;
    }

    /** Returns the rows, compared with the sums that the file was written with. */
    SortedMap<String, VerifiedFile.HostRows> compared(Map<String, ContentSum> written) {
        Set<String> all = new HashSet<>(hosts.keySet());
        all.addAll(written.keySet());
        SortedMap<String, VerifiedFile.HostRows> compared = new TreeMap<>();
        for (String host : all) {
            Rows rows = hosts.getOrDefault(host, new Rows());
            String difference = difference(rows, written.getOrDefault(host, ContentSum.ZERO));
            compared.put(host, result(rows, rows.altered == null ? difference : rows.altered));
        }
        return compared;
    }

    private static @Nullable String difference(Rows rows, ContentSum written) {
        if (rows.sum.count() != written.count()) {
            return "expected " + written.count() + " rows of the host as loaded, found " + rows.sum.count();
        }
        return rows.unverified != null || rows.sum.equals(written)
                ? null
                : "rows of the host are not the records that were loaded";
    }

    /** Returns the rows of a file that was written without sums. */
    SortedMap<String, VerifiedFile.HostRows> all() {
        SortedMap<String, VerifiedFile.HostRows> all = new TreeMap<>();
        hosts.forEach((host, rows) -> all.put(host, result(rows, rows.altered)));
        return all;
    }

    private static VerifiedFile.HostRows result(Rows rows, @Nullable String altered) {
        return new VerifiedFile.HostRows(
                rows.sum,
                Optional.ofNullable(altered),
                Optional.ofNullable(rows.unverified).map(reason -> rows.unverifiedCount + " rows: " + reason));
    }
}
