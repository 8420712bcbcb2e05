package io.tailrace.loader.table;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An hour of event time in UTC, by which tables are partitioned.
 *
 * @param dt the day, as {@code 2015-05-17}
 * @param hr the hour, as {@code 09}
 */
public record PathPartition(String dt, String hr) implements Comparable<PathPartition> {

    public static final String DAY_COLUMN = "dt";
    public static final String HOUR_COLUMN = "hr";

    private static final Pattern HOUR_TEXT = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})T([01]\\d|2[0-3])");
    private static final Pattern PATH = Pattern.compile("dt=(\\d{4}-\\d{2}-\\d{2})/hr=(\\d{2})");
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HOUR =
            DateTimeFormatter.ofPattern("HH", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** The first event time that has a path partition. No log line is older. */
    private static final long EVENT_TIME_MS_MIN = 0;

    /** The last event time that has a path partition, at the end of 9999: the year has four digits. */
    private static final long EVENT_TIME_MS_MAX =
            Instant.parse("9999-12-31T23:59:59.999Z").toEpochMilli();

    /** Whether an event time has a path partition. */
    public static boolean exists(long eventTimeMs) {
        return eventTimeMs >= EVENT_TIME_MS_MIN && eventTimeMs <= EVENT_TIME_MS_MAX;
    }

    /**
     * Returns the hour of an event.
     *
     * @throws IllegalArgumentException if the time has no path partition
     */
    public static PathPartition of(long eventTimeMs) {
        if (!exists(eventTimeMs)) {
            throw new IllegalArgumentException(
                    "event time " + eventTimeMs + " ms: expected " + EVENT_TIME_MS_MIN + " to " + EVENT_TIME_MS_MAX);
        }
        Instant time = Instant.ofEpochMilli(eventTimeMs);
        return new PathPartition(DAY.format(time), HOUR.format(time));
    }

    /** Returns a time, or the nearest one that has a path partition. */
    public static long nearestMs(long timeMs) {
        return Math.min(Math.max(timeMs, EVENT_TIME_MS_MIN), EVENT_TIME_MS_MAX);
    }

    /**
     * Parses {@link #path}.
     *
     * @throws IllegalArgumentException if the text is not a path partition
     */
    public static PathPartition parse(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("path partition: expected dt=YYYY-MM-DD/hr=HH, found \"" + path + '"');
        }
        return new PathPartition(matcher.group(1), matcher.group(2));
    }

    /**
     * Parses an hour as {@code 2015-05-17T09}.
     *
     * @throws IllegalArgumentException if the text is not an hour
     */
    public static PathPartition ofHour(String text) {
        Matcher matcher = HOUR_TEXT.matcher(text);
        if (matcher.matches()) {
            try {
                LocalDate.parse(matcher.group(1));
                return new PathPartition(matcher.group(1), matcher.group(2));
            } catch (DateTimeException e) {
                throw new IllegalArgumentException("invalid hour \"" + text + "\": " + e.getMessage(), e);
            }
        }
        throw new IllegalArgumentException(
                "invalid hour \"" + text + "\": expected a day and an hour in UTC, such as 2015-05-17T09");
    }

    /** The first millisecond of the hour, since the epoch. */
    public long startMs() {
        return LocalDate.parse(dt)
                .atTime(Integer.parseInt(hr), 0)
                .toInstant(ZoneOffset.UTC)
                .toEpochMilli();
    }

    /** The first millisecond after the hour, since the epoch. */
    public long endMs() {
        return startMs() + Duration.ofHours(1).toMillis();
    }

    /** The hour as {@link #ofHour} reads it. */
    public String hourText() {
        return dt + "T" + hr;
    }

    /** The folder below the table's, such as {@code dt=2015-05-17/hr=09}. */
    public String path() {
        return "dt=" + dt + "/hr=" + hr;
    }

    @Override
    public int compareTo(PathPartition other) {
        int byDay = dt.compareTo(other.dt);
        return byDay != 0 ? byDay : hr.compareTo(other.hr);
    }
}
