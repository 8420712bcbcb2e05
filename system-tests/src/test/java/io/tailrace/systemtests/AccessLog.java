package io.tailrace.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The contents of an access log in the combined format, parsed without product code: the expected answer of the pipeline.
 *
 * @param lines number of lines
 * @param byStatus well-formed lines by status
 * @param byHour well-formed lines by hour in UTC, as {@code dt=2015-05-17/hr=10}
 * @param malformed lines that do not match the format
 * @param byteOffsets byte offset of each line
 */
record AccessLog(
        int lines,
        Map<String, Long> byStatus,
        Map<String, Long> byHour,
        List<String> malformed,
        List<Long> byteOffsets) {

    private static final Pattern COMBINED = Pattern.compile("\\S+ \\S+ \\S+"
            + " \\[(?<day>\\d\\d)/(?<month>\\w{3})/(?<year>\\d{4}):(?<hour>\\d\\d):\\d\\d:\\d\\d \\+0000]"
            + " \"(?:[^\"\\\\]|\\\\.)*\" (?<status>\\d{3}) (?:\\d+|-)"
            + " \"(?:[^\"\\\\]|\\\\.)*\" \"(?:[^\"\\\\]|\\\\.)*\"");
    private static final String MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec";

    /** The real log that {@code TAILRACE_ACCESS_LOG} names, or the sample that the project ships. */
    static Path file() {
        return Optional.ofNullable(System.getenv("TAILRACE_ACCESS_LOG"))
                .filter(name -> !name.isEmpty())
                // The variable is relative to the project's folder, and tests run in the folder of their module.
                .map(name -> Path.of("..").resolve(name))
                .orElseGet(AccessLog::sample);
    }

    static Path sample() {
        return Path.of("..", "conf", "sample", "access.log").toAbsolutePath().normalize();
    }

    /** Reads a log in which every line ends with a newline. */
    static AccessLog of(Path file) throws IOException {
        Map<String, Long> byStatus = new TreeMap<>();
        Map<String, Long> byHour = new TreeMap<>();
        List<String> malformed = new ArrayList<>();
        List<Long> byteOffsets = new ArrayList<>();
        long begin = 0;
        for (String line : Files.readAllLines(file, ISO_8859_1)) {
            byteOffsets.add(begin);
            begin += line.length() + 1;
            Matcher matcher = COMBINED.matcher(line);
            if (matcher.matches()) {
                byStatus.merge(matcher.group("status"), 1L, Long::sum);
                byHour.merge(hour(matcher), 1L, Long::sum);
            } else {
                malformed.add(line);
            }
        }
        return new AccessLog(byteOffsets.size(), byStatus, byHour, malformed, byteOffsets);
    }

    private static String hour(Matcher matcher) {
        int month = MONTHS.indexOf(matcher.group("month")) / 3 + 1;
        return "dt=%s-%02d-%s/hr=%s"
                .formatted(matcher.group("year"), month, matcher.group("day"), matcher.group("hour"));
    }

    /** Number of lines that become rows. */
    int wellFormed() {
        return lines - malformed.size();
    }
}
