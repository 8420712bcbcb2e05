package io.tailrace.loader;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * An hour of event time in UTC, as Hive partitions a table by it.
 *
 * @param dt the day, as {@code 2015-05-17}
 * @param hr the hour, as {@code 09}
 */
record PathPartition(String dt, String hr) implements Comparable<PathPartition> {

    static final String DAY_COLUMN = "dt";
    static final String HOUR_COLUMN = "hr";

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** First event time that has a path partition: earlier ones cannot be of a log line. */
    private static final long EVENT_TIME_MS_MIN = 0;

    /** Last event time that has a path partition, the end of the year 9999: a day has four digits for its year. */
    private static final long EVENT_TIME_MS_MAX =
            Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    /** Whether an event of that time has a path partition. */
    static boolean exists(long eventTimeMs) {
        return eventTimeMs >= EVENT_TIME_MS_MIN && eventTimeMs <= EVENT_TIME_MS_MAX;
    }

    /**
     * The hour of an event.
     *
     * @throws IllegalArgumentException when the time is out of bounds
     */
    static PathPartition of(long eventTimeMs) {
        if (!exists(eventTimeMs)) {
            throw new IllegalArgumentException(
                    "event time " + eventTimeMs + " ms: expected " + EVENT_TIME_MS_MIN + " to " + EVENT_TIME_MS_MAX);
        }
        Instant time = Instant.ofEpochMilli(eventTimeMs);
        return new PathPartition(DAY.format(time), HOUR.format(time));
    }

    /** The hour of an event, or the nearest hour there is where its time is out of bounds. */
    static PathPartition ofNearest(long eventTimeMs) {
        return of(Math.min(Math.max(eventTimeMs, EVENT_TIME_MS_MIN), EVENT_TIME_MS_MAX));
    }

    /** Reads what {@link #path} has written. */
    static PathPartition parse(String path) {
        String[] parts = path.split("/", -1);
        if (parts.length != 2 || !parts[0].startsWith("dt=") || !parts[1].startsWith("hr=")) {
            throw new IllegalArgumentException("path partition \"" + path + "\": expected dt=YYYY-MM-DD/hr=HH");
        }
        return new PathPartition(parts[0].substring(3), parts[1].substring(3));
    }

    /** The folder below the table's, as Hive spells it. */
    String path() {
        return "dt=" + dt + "/hr=" + hr;
    }

    @Override
    public int compareTo(PathPartition other) {
        return path().compareTo(other.path());
    }
}
