package io.tailrace.loader.rewrite;

import io.tailrace.loader.table.DataFile;
import io.tailrace.loader.table.PathPartition;

/** Which rows are to be loaded again. Files are replaced as a whole. */
public sealed interface ReloadRange {

    /** Whether rows of a file are, or may be, in the range. */
    boolean touches(DataFile file);

    /**
     * Hours of event time; of the error table, hours of the records' timestamps.
     *
     * @param from the first hour, inclusive
     * @param to the last hour, inclusive
     */
    record Hours(PathPartition from, PathPartition to) implements ReloadRange {
        public Hours {
            if (from.compareTo(to) > 0) {
                throw new IllegalArgumentException("hours " + from.hourText() + " to " + to.hourText()
                        + ": expected the first hour not to be after the last one");
            }
        }

        @Override
        public boolean touches(DataFile file) {
            PathPartition hour = file.pathPartition();
            return from.compareTo(hour) <= 0 && hour.compareTo(to) <= 0;
        }
    }

    /**
     * Offsets of a partition.
     *
     * @param partition the topic's partition
     * @param from the first offset, inclusive
     * @param to the last offset, inclusive
     */
    record Offsets(int partition, long from, long to) implements ReloadRange {
        public Offsets {
            if (partition < 0 || from < 0 || to < from) {
                throw new IllegalArgumentException("offsets " + from + " to " + to + " of partition " + partition
                        + ": expected numbers of at least 0, and the first offset not to be after the last one");
            }
        }

        @Override
        public boolean touches(DataFile file) {
            return file.spans().stream()
                    .anyMatch(span -> span.partition() == partition && span.first() <= to && from <= span.last());
        }
    }
}
