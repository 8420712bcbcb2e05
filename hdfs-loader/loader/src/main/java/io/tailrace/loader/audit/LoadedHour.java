package io.tailrace.loader.audit;

import io.tailrace.schemas.audit.ContentSum;
import java.util.List;
import java.util.SortedMap;

/**
 * What a topic's table has of an hour.
 *
 * @param sums count and sum of the rows, by host; the host is empty for records without one
 * @param errorRows records of the hour in the error table; their hour is that of the record's timestamp
 * @param unsummed files without sums, whose rows are not in {@code sums}
 * @param findings the findings of a verification
 */
public record LoadedHour(SortedMap<String, ContentSum> sums, long errorRows, List<String> unsummed, Findings findings) {
    /** An hour that was not verified. */
    public LoadedHour(SortedMap<String, ContentSum> sums, long errorRows, List<String> unsummed) {
        this(sums, errorRows, unsummed, Findings.NONE);
    }
}
