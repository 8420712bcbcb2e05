package io.tailrace.agent;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.Multiline;
import io.tailrace.agent.tail.TailConfig;
import io.tailrace.config.Config;
import io.tailrace.config.ConfigException;
import io.tailrace.config.ConfigKey;
import io.tailrace.config.ConfigKeys;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.stream.Stream;

/** The keys of a source that say which lines are a record, and what becomes of them. */
final class LineKeys {
    static final ConfigKey<Optional<Pattern>> MULTILINE_START = pattern(
            "multiline.start",
            "A line with this expression of RE2 begins a record; other lines belong to the record before. Not with access logs.");
    static final ConfigKey<Optional<Pattern>> MULTILINE_CONTINUE = pattern(
            "multiline.continue",
            "A line with this expression of RE2 belongs to the record before; other lines begin one. Not with access logs.");
    static final ConfigKey<Long> MULTILINE_TIMEOUT_MS = ConfigKey.longInteger(
            "multiline.timeout.ms",
            1_000L,
            1,
            3_600_000,
            "After how long without growth the last record of a file is whole.");
    static final ConfigKey<String> FIELDS = new ConfigKey<>(
            "fields",
            "text that is not empty, in which ${env:NAME} stands for a variable of the environment",
            null,
            "fields.NAME: a field of every record, in place of one that the line has.",
            LineKeys::notEmpty);
    static final ConfigKey<Optional<Pattern>> KEEP =
            pattern("keep", "Only lines with this expression of RE2 are sent. Empty: all.");
    static final ConfigKey<Optional<Pattern>> DROP =
            pattern("drop", "Lines with this expression of RE2 are not sent. Empty: none.");
    static final ConfigKey<Double> SAMPLE_PERCENT = new ConfigKey<>(
            "sample.percent",
            "a number above 0, up to 100",
            "100",
            "How many of the lines that are left are sent. A line that is sent again has the same outcome.",
            LineKeys::percent);
    static final ConfigKey<Integer> RATE_MAX = ConfigKey.integer(
            "rate.max",
            0,
            0,
            Integer.MAX_VALUE,
            "Most lines that are sent in a second; the others wait in the log. 0: no limit.");

    private static final java.util.regex.Pattern VARIABLE = java.util.regex.Pattern.compile("\\$\\{env:([^}]*)}");

    private LineKeys() {}

    static ConfigKeys withThese(ConfigKey<?>... others) {
        return ConfigKeys.of(Stream.concat(
                                Arrays.stream(others),
                                Stream.of(
                                        MULTILINE_START,
                                        MULTILINE_CONTINUE,
                                        MULTILINE_TIMEOUT_MS,
                                        KEEP,
                                        DROP,
                                        SAMPLE_PERCENT,
                                        RATE_MAX))
                        .toList())
                .withNamed(FIELDS);
    }

    private static ConfigKey<Optional<Pattern>> pattern(String name, String doc) {
        return new ConfigKey<>(
                name,
                "an expression of RE2",
                "",
                doc,
                text -> text.isEmpty() ? Optional.empty() : Optional.of(compiled(text)));
    }

    private static Pattern compiled(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static String notEmpty(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty");
        }
        return text;
    }

    private static Double percent(String text) {
        double percent = Double.parseDouble(text);
        if (!(percent > 0 && percent <= LineRules.ALL_PERCENT)) {
            throw new IllegalArgumentException("out of bounds");
        }
        return percent;
    }

    /**
     * What a source does with its lines.
     *
     * @param key the source's name in messages
     * @param environment the value of a variable, if it is set
     */
    static LineRules rules(Config source, String key, Function<String, Optional<String>> environment) {
        Map<String, String> fields = new TreeMap<>();
        source.named(FIELDS)
                .forEach((name, text) -> fields.put(name, resolved(key + ".fields." + name, text, environment)));
        return new LineRules(
                fields, source.value(KEEP), source.value(DROP), source.value(SAMPLE_PERCENT), source.value(RATE_MAX));
    }

    private static String resolved(String key, String text, Function<String, Optional<String>> environment) {
        Matcher variable = VARIABLE.matcher(text);
        StringBuilder resolved = new StringBuilder();
        while (variable.find()) {
            String name = variable.group(1);
            String value = environment
                    .apply(name)
                    .filter(found -> !found.isEmpty())
                    .orElseThrow(
                            () -> new ConfigException(key + "=" + text + ": the environment has no variable " + name));
            variable.appendReplacement(resolved, Matcher.quoteReplacement(value));
        }
        return variable.appendTail(resolved).toString();
    }

    /** The files of a source, read as its keys for lines have it. */
    static TailConfig with(Config source, String key, TailConfig tail, Format format) {
        int rate = source.value(RATE_MAX);
        TailConfig limited = rate == 0 ? tail : tail.withChunkLinesMax(Math.min(rate, TailConfig.CHUNK_LINES_MAX));
        return multiline(source, key, format).map(limited::with).orElse(limited);
    }

    private static Optional<Multiline> multiline(Config source, String key, Format format) {
        Optional<Pattern> start = source.value(MULTILINE_START);
        Optional<Pattern> continuation = source.value(MULTILINE_CONTINUE);
        if (start.isEmpty() && continuation.isEmpty()) {
            return Optional.empty();
        }
        if (start.isPresent() && continuation.isPresent()) {
            throw new ConfigException(key + ": set multiline.start or multiline.continue, not both");
        }
        if (!format.mayBeMultiline()) {
            throw new ConfigException(key + ".multiline." + (start.isPresent() ? "start" : "continue")
                    + ": a line of an access log is a record: expected format=raw, json, logfmt or regex");
        }
        return Optional.of(new Multiline(
                start.or(() -> continuation).orElseThrow(), start.isPresent(), source.value(MULTILINE_TIMEOUT_MS)));
    }
}
