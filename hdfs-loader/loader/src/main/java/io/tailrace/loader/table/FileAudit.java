package io.tailrace.loader.table;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tailrace.schemas.audit.ContentSum;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The content of a file's rows: for each host and ten-minute window of event time, the count and sum of the records as they were
 * fetched. It is in the footer of each file of rows, and docs/format.md draws it: "Audit of a file". Immutable.
 *
 * @param isComplete whether all rows are in the sums; if not, there were too many hosts and windows, and there are no sums
 * @param sums the sums by host and start of the window in milliseconds since the epoch; the host is empty for records that have
 *     no field {@code host}
 */
public record FileAudit(boolean isComplete, SortedMap<String, SortedMap<Long, ContentSum>> sums) {
    /** Its key in the footer's metadata. */
    public static final String FOOTER_KEY = "tailrace.audit";

    /** Hosts and windows of one file. With more of them, a file has no sums. */
    public static final int ENTRIES_MAX = 10_000;

    /** The audit of a file with too many hosts and windows. */
    public static final FileAudit INCOMPLETE = new FileAudit(false, new TreeMap<>());

    /** Characters of a text in the message that refuses it. */
    private static final int FOUND_MAX = 200;

    private static final long WINDOW_MS = 600_000;
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    public FileAudit {
        SortedMap<String, SortedMap<Long, ContentSum>> copy = new TreeMap<>();
        sums.forEach((host, windows) -> copy.put(host, Collections.unmodifiableSortedMap(new TreeMap<>(windows))));
        sums = Collections.unmodifiableSortedMap(copy);
    }

    /** The start of the window of an event time. */
    public static long windowStartMs(long eventTimeMs) {
        return eventTimeMs - Math.floorMod(eventTimeMs, WINDOW_MS);
    }

    /** The audit of the rows of both files. */
    public FileAudit plus(FileAudit other) {
        if (!isComplete || !other.isComplete) {
            return INCOMPLETE;
        }
        SortedMap<String, SortedMap<Long, ContentSum>> both = new TreeMap<>(sums);
        other.sums.forEach((host, windows) -> both.merge(host, windows, FileAudit::plus));
        return both.values().stream().mapToInt(windows -> windows.size()).sum() > ENTRIES_MAX
                ? INCOMPLETE
                : new FileAudit(true, both);
    }

    private static SortedMap<Long, ContentSum> plus(
            SortedMap<Long, ContentSum> one, SortedMap<Long, ContentSum> other) {
        SortedMap<Long, ContentSum> both = new TreeMap<>(one);
        other.forEach((window, sum) -> both.merge(window, sum, ContentSum::plus));
        return both;
    }

    /** The text in the footer. */
    public String toJson() {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", VERSION).put("complete", isComplete);
        ObjectNode hosts = root.putObject("hosts");
        sums.forEach((host, windows) -> {
            ObjectNode byWindow = hosts.putObject(host);
            windows.forEach((startMs, sum) -> byWindow.put(Long.toString(startMs), sum.toString()));
        });
        return root.toString();
    }

    /**
     * Reads the text in the footer.
     *
     * @throws IllegalArgumentException if it is another text, or of another version
     */
    public static FileAudit parse(String json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root.path("version").asInt() != VERSION
                    || !root.path("complete").isBoolean()
                    || !root.path("hosts").isObject()) {
                throw new IllegalArgumentException("expected version " + VERSION + ", \"complete\" and \"hosts\"");
            }
            SortedMap<String, SortedMap<Long, ContentSum>> sums = new TreeMap<>();
            root.path("hosts").properties().forEach(host -> {
                SortedMap<Long, ContentSum> windows = new TreeMap<>();
                host.getValue()
                        .properties()
                        .forEach(window -> windows.put(
                                Long.valueOf(window.getKey()),
                                ContentSum.parse(window.getValue().asText())));
                sums.put(host.getKey(), windows);
            });
            return new FileAudit(root.path("complete").asBoolean(), sums);
        } catch (JacksonException | IllegalArgumentException e) {
            String found = json.length() > FOUND_MAX ? json.substring(0, FOUND_MAX) + "..." : json;
            throw new IllegalArgumentException(FOOTER_KEY + " in a footer: " + e.getMessage() + ", found " + found, e);
        }
    }
}
