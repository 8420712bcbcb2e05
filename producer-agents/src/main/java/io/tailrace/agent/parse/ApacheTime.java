package io.tailrace.agent.parse;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time in an Apache LogFormat, as {@code %{%F %T}t}. It may consist of several directives with text between them, as
 * {@code %{%F}tT%{%T}t.%{msec_frac}t}.
 *
 * @param value the time
 * @param end where it ends in the format
 */
record ApacheTime(LogValue value, int end) {
    /** Further text and another time behind a time. */
    private static final Pattern NEXT = Pattern.compile("(?<text>[^%\"]{0,4})%[\\d,!<>]*\\{(?<of>[^}]*)}t");

    private static final Pattern ZONE = Pattern.compile("%[zZ]");

    /**
     * Reads the time at a place.
     *
     * @param of the argument of the first directive
     * @throws IllegalArgumentException if it has no date or no time of day
     */
    static ApacheTime at(String format, int start, String of) {
        int end = format.indexOf("}t", start) + 2;
        String name = "request.receive.time." + of;
        String first = withoutMoment(of);
        if (isFraction(first)) {
            return new ApacheTime(LogValue.field(name, LogValue.Shape.WORD), end);
        }
        List<String> pieces = new ArrayList<>(List.of(first));
        Matcher next = NEXT.matcher(format).region(end, format.length());
        while (next.lookingAt() && continues(pieces, of, next.group("text"), next.group("of"))) {
            pieces.add(next.group("text"));
            pieces.add(withoutMoment(next.group("of")));
            name += next.group("text") + next.group("of");
            end = next.end();
            next.region(end, format.length());
        }
        return new ApacheTime(LogValue.time(name, time(pieces)), end);
    }

    private static String withoutMoment(String of) {
        return of.startsWith("begin:") || of.startsWith("end:") ? of.substring(of.indexOf(':') + 1) : of;
    }

    private static boolean isFraction(String of) {
        return of.equals("msec_frac") || of.equals("usec_frac");
    }

    private static boolean isNumber(String of) {
        return of.equals("sec") || of.equals("msec") || of.equals("usec");
    }

    /** Whether a directive adds to the time: its fraction, its zone, or what is still missing. */
    private static boolean continues(List<String> pieces, String first, String text, String next) {
        boolean isSameMoment = next.startsWith("end:") == first.startsWith("end:");
        String of = withoutMoment(next);
        if (!isSameMoment || isNumber(of)) {
            return false;
        }
        if (isNumber(pieces.get(0)) || pieces.get(0).equals("%s")) {
            boolean isSeconds = pieces.get(0).equals("sec") || pieces.get(0).equals("%s");
            return isSeconds && pieces.size() == 1 && text.equals(".") && isFraction(of);
        }
        return isFraction(of) || ZONE.matcher(of).matches() || !isTime(pieces);
    }

    private static boolean isTime(List<String> pieces) {
        try {
            return !time(pieces).sample().isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Takes directives and the texts between them, in turn. */
    private static TimeFormat time(List<String> pieces) {
        return switch (pieces.get(0)) {
            case "sec", "%s" -> TimeFormat.of("epoch-seconds");
            case "msec" -> TimeFormat.of("epoch-millis");
            case "usec" -> TimeFormat.of("epoch-micros");
            default -> TimeFormat.ofStrftime(pieces);
        };
    }
}
