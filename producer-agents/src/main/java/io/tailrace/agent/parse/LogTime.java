package io.tailrace.agent.parse;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Map;

/** Reads a time from a line. */
@FunctionalInterface
interface LogTime {
    /** The result for what is no time. */
    long INVALID = Long.MIN_VALUE;

    /** The format of {@code %t} and {@code $time_local} without brackets, as {@code 17/May/2015:10:05:03 +0000}. */
    LogTime COMMON = LogTime::common;

    /** Milliseconds since the epoch, or {@link #INVALID}. */
    long ms(byte[] utf8, int from, int to);

    /** A format of {@link TimeField}. */
    static LogTime of(String format) {
        TimeField field = TimeField.of("", format);
        return (utf8, from, to) -> {
            TimeField.Outcome outcome =
                    field.timeOf(Map.of("", new String(utf8, from, to - from, StandardCharsets.UTF_8)));
            return outcome.rejection() == null ? outcome.ms() : INVALID;
        };
    }

    private static long common(byte[] text, int from, int to) {
        boolean hasShape = to - from == "17/May/2015:10:05:03 +0000".length()
                && text[from + 2] == '/'
                && text[from + 6] == '/'
                && text[from + 11] == ':'
                && text[from + 14] == ':'
                && text[from + 17] == ':'
                && text[from + 20] == ' '
                && (text[from + 21] == '+' || text[from + 21] == '-');
        if (!hasShape) {
            return INVALID;
        }
        int day = number(text, from, 2);
        int month = month(text, from + 3);
        int year = number(text, from + 7, 4);
        int hour = number(text, from + 12, 2);
        int minute = number(text, from + 15, 2);
        int second = number(text, from + 18, 2);
        int offsetHour = number(text, from + 22, 2);
        int offsetMinute = number(text, from + 24, 2);
        boolean isTime = year >= 0
                && hour >= 0
                && hour < 24
                && minute >= 0
                && minute < 60
                && second >= 0
                // 60 is a leap second, which counts as the first of the next minute.
                && second <= 60
                && offsetHour >= 0
                && offsetHour <= 18
                && offsetMinute >= 0
                && offsetMinute < 60;
        if (!isTime) {
            return INVALID;
        }
        long days;
        try {
            days = LocalDate.of(year, month, day).toEpochDay();
        } catch (DateTimeException e) {
            return INVALID;
        }
        long offsetMinutes = offsetHour * 60L + offsetMinute;
        long minutes = days * 1_440 + hour * 60L + minute - (text[from + 21] == '-' ? -offsetMinutes : offsetMinutes);
        return (minutes * 60 + second) * 1_000;
    }

    /** The number that digits make, or -1 if one of them is no digit. */
    private static int number(byte[] text, int from, int digits) {
        int number = 0;
        for (int at = from; at < from + digits; at++) {
            if (text[at] < '0' || text[at] > '9') {
                return -1;
            }
            number = number * 10 + text[at] - '0';
        }
        return number;
    }

    /** The month from 1 that an English abbreviation stands for, or 0. */
    private static int month(byte[] text, int from) {
        return switch (((text[from] & 0xff) << 16) | ((text[from + 1] & 0xff) << 8) | (text[from + 2] & 0xff)) {
            case ('J' << 16) | ('a' << 8) | 'n' -> 1;
            case ('F' << 16) | ('e' << 8) | 'b' -> 2;
            case ('M' << 16) | ('a' << 8) | 'r' -> 3;
            case ('A' << 16) | ('p' << 8) | 'r' -> 4;
            case ('M' << 16) | ('a' << 8) | 'y' -> 5;
            case ('J' << 16) | ('u' << 8) | 'n' -> 6;
            case ('J' << 16) | ('u' << 8) | 'l' -> 7;
            case ('A' << 16) | ('u' << 8) | 'g' -> 8;
            case ('S' << 16) | ('e' << 8) | 'p' -> 9;
            case ('O' << 16) | ('c' << 8) | 't' -> 10;
            case ('N' << 16) | ('o' << 8) | 'v' -> 11;
            case ('D' << 16) | ('e' << 8) | 'c' -> 12;
            default -> 0;
        };
    }
}
