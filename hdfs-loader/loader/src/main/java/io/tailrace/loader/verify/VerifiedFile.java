package io.tailrace.loader.verify;

import io.tailrace.schemas.audit.ContentSum;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the rows of a file are. Immutable.
 *
 * @param hosts the rows by host; the host is empty for records without one
 * @param isSummed whether all rows are in {@code hosts}; if not, the file was written without sums, and its rows do not give any
 * @param damage why the file does not have the rows that were committed, if it cannot be read to its end
 */
public record VerifiedFile(SortedMap<String, HostRows> hosts, boolean isSummed, Optional<String> damage) {

    /**
     * The rows of a host.
     *
     * @param sum their count and sum, as computed; if one cannot be verified, only the count says something
     * @param altered what is not as it was when the file was written
     * @param unverified why rows cannot be verified
     */
    public record HostRows(ContentSum sum, Optional<String> altered, Optional<String> unverified) {}

    public VerifiedFile {
        hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    }

    static VerifiedFile damaged(String reason) {
        return new VerifiedFile(new TreeMap<>(), true, Optional.of(reason));
    }

    static VerifiedFile unsummed() {
        return new VerifiedFile(new TreeMap<>(), false, Optional.empty());
    }
}
