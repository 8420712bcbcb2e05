package io.tailrace.agent.parse;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads times of ISO 8601 as programs write them: with {@code T} or a space, in the extended or the basic form, a fraction after a
 * point or a comma, an offset as {@code Z}, {@code +01}, {@code +0100} or {@code +01:00}, or none, which is UTC. Go's {@code +0000 UTC} is one, too.
 */
final class IsoTime {
    private static final Pattern FORMAT =
            Pattern.compile("(?<year>\\d{4})(?<dash>-?)(?<month>\\d{2})\\k<dash>(?<day>\\d{2})[Tt ]"
                    + "(?<hour>\\d{2})(?<colon>:?)(?<minute>\\d{2})(?:\\k<colon>(?<second>\\d{2})(?:[.,](?<fraction>\\d{1,9})\\d*)?)?"
                    + " ?(?<zone>[Zz]|UTC|GMT|[+-]\\d{2}(?::?\\d{2})?)?(?: UTC)?(?:\\[(?<region>[^]]+)])?");
    private static final int NANO_DIGITS = 9;
    private static final int LEAP_SECOND = 60;

    private IsoTime() {}

    /**
     * Milliseconds since the epoch.
     *
     * @throws DateTimeException if the text is not a time, or there is no such time
     */
    static long ms(String text) {
        Matcher time = FORMAT.matcher(text);
        if (!time.matches()) {
            throw new DateTimeException("not an ISO 8601 time: " + text);
        }
        LocalDate date = LocalDate.of(number(time, "year"), number(time, "month"), number(time, "day"));
        int second = time.group("second") == null ? 0 : number(time, "second");
        LocalTime clock =
                LocalTime.of(number(time, "hour"), number(time, "minute"), second == LEAP_SECOND ? second - 1 : second);
        long ms = date.atTime(clock).atZone(zone(time)).toInstant().toEpochMilli();
        return ms + (second == LEAP_SECOND ? 1_000 : 0) + nanos(time.group("fraction")) / 1_000_000;
    }

    private static int number(Matcher time, String group) {
        return Integer.parseInt(time.group(group));
    }

    private static int nanos(@Nullable String fraction) {
        return fraction == null ? 0 : Integer.parseInt(fraction + "0".repeat(NANO_DIGITS - fraction.length()));
    }

    private static ZoneId zone(Matcher time) {
        String zone = time.group("zone");
        if (zone == null) {
            return time.group("region") == null ? ZoneOffset.UTC : ZoneId.of(time.group("region"));
        }
        return switch (zone) {
            case "Z", "z", "UTC", "GMT" -> ZoneOffset.UTC;
            default -> ZoneOffset.of(zone);
        };
    }
}
