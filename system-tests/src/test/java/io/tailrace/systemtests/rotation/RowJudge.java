package io.tailrace.systemtests.rotation;

import io.tailrace.systemtests.rotation.WrittenLog.Place;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Compares the rows that were received with what was written. Thread-safe.
 *
 * <p>A row is its line's only one, or has the identity of the first: host, {@code fileId} and byte offset. The offset must be where
 * the line was written, and each content must have exactly one {@code fileId}; so no other line has that identity.
 */
public final class RowJudge {
    private static final int EXAMPLES_MAX = 5;

    private final String host;
    private final Limits limits;
    private final boolean ordered;
    private final Map<String, WrittenLog> logs = new HashMap<>();
    private final Map<String, LogContent> contentsById = new HashMap<>();
    /** The lines of headers that were received, by {@code fileId}. */
    private final Map<String, BitSet> headers = new HashMap<>();

    private final Map<Violation, Integer> violations = new EnumMap<>(Violation.class);
    private final List<String> examples = new ArrayList<>();
    private long rows;
    private long deadLetters;
    private long doubled;
    private int kills;

    /** What is wrong with a row, or with all of them. */
    public enum Violation {
        /** Nobody has written such a line. */
        NOT_WRITTEN,
        /** It has other bytes than were written. */
        DAMAGED,
        WRONG_HOST,
        /** It does not begin at that byte of its file. */
        WRONG_OFFSET,
        /** Another content has that identity, or other lines of its content have another one. */
        WRONG_FILE_ID,
        OUT_OF_ORDER,
        /** It is a dead letter and should not be one, or the reverse. */
        WRONG_TOPIC,
        MISSING,
        /** More lines than a killed agent may repeat. */
        DOUBLED
    }

    /**
     * What an agent is configured to do.
     *
     * @param lineBytesMax a longer line becomes a dead letter
     * @param doubledLinesMax how many lines of a content each kill may repeat
     * @param doubledBytesMax their bytes
     */
    public record Limits(int lineBytesMax, int doubledLinesMax, long doubledBytesMax) {}

    /** A line that was written, and where. */
    private record Origin(NumberedLine line, WrittenLog log, Place place) {}

    public RowJudge(String host, Limits limits) {
        this(host, limits, true);
    }

    private RowJudge(String host, Limits limits, boolean ordered) {
        this.host = host;
        this.limits = limits;
        this.ordered = ordered;
    }

    /**
     * A judge of a table, which has the rows of the same lines in no order. It has received none, and knows nothing of what this
     * one received. All programs must have ended.
     */
    public synchronized RowJudge ofTable() {
        RowJudge judge = new RowJudge(host, limits, false);
        logs.values().forEach(log -> judge.add(log.withoutReceipts()));
        return judge;
    }

    synchronized void add(WrittenLog log) {
        logs.put(log.name(), log);
    }

    /** From now on, lines that are doubled are allowed, up to what one more kill may repeat. */
    public synchronized void agentKilled() {
        kills++;
    }

    synchronized void accept(Row row) {
        rows++;
        deadLetters += row.isDeadLetter() ? 1 : 0;
        if (!row.host().equals(host)) {
            report(Violation.WRONG_HOST, row + ": expected host " + host);
        }
        Optional<HeaderLine> header = HeaderLine.parse(row.line());
        if (header.isPresent()) {
            acceptHeader(row, header.get());
            return;
        }
        Optional<Origin> origin = origin(row.line());
        if (origin.isPresent()) {
            accept(row, origin.get());
        } else {
            report(Violation.NOT_WRITTEN, row + ": \"" + start(row.line()) + "\"");
        }
    }

    private Optional<Origin> origin(byte[] bytes) {
        return NumberedLine.parse(bytes).flatMap(line -> Optional.ofNullable(logs.get(line.log()))
                .flatMap(log -> log.place(line.sequence()).map(place -> new Origin(line, log, place))));
    }

    private static String start(byte[] line) {
        return new String(line, 0, Math.min(line.length, 100), StandardCharsets.UTF_8);
    }

    private void accept(Row row, Origin origin) {
        NumberedLine line = origin.line();
        LogContent content = origin.place().content();
        String what = "line %d of %s: %s".formatted(line.sequence(), line.log(), row);
        boolean isOverlong = line.length() > limits.lineBytesMax();
        if (!line.isIntact() && !(isOverlong && row.isDeadLetter() && row.line().length < line.length())) {
            report(Violation.DAMAGED, what);
        }
        if (row.isDeadLetter() != (isOverlong || !isText(row.line()))) {
            report(Violation.WRONG_TOPIC, what);
        }
        if (row.byteOffset() != origin.place().offset()) {
            report(
                    Violation.WRONG_OFFSET,
                    what + ": expected byte " + origin.place().offset());
        }
        checkFileId(row, content, what);
        int bytes = line.length() + 1;
        if (!origin.log().receive(line.sequence(), bytes)) {
            doubled++;
            content.addDoubled(bytes);
        } else if (!content.receive(line.sequence(), row.isDeadLetter()) && ordered) {
            report(Violation.OUT_OF_ORDER, what + ": later lines of " + content + " came before");
        }
    }

    private static boolean isText(byte[] line) {
        try {
            CharBuffer unused = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private void checkFileId(Row row, LogContent content, String what) {
        if (content.fileId().isEmpty() && !row.fileId().isEmpty() && !contentsById.containsKey(row.fileId())) {
            content.setFileId(row.fileId());
            contentsById.put(row.fileId(), content);
        } else if (!row.fileId().equals(content.fileId())) {
            LogContent other = contentsById.get(row.fileId());
            report(
                    Violation.WRONG_FILE_ID,
                    "%s: %s has fileId %s%s"
                            .formatted(
                                    what, content, content.fileId(), other == null ? "" : ", and this is of " + other));
        }
    }

    private void acceptHeader(Row row, HeaderLine header) {
        BitSet seen = headers.computeIfAbsent(row.fileId(), each -> new BitSet());
        if (row.byteOffset() != header.offset()) {
            report(Violation.WRONG_OFFSET, "%s: %s, expected byte %d".formatted(header, row, header.offset()));
        }
        if (seen.get(header.number())) {
            doubled++;
        }
        seen.set(header.number());
    }

    /** How many rows were received. */
    public synchronized long rows() {
        return rows;
    }

    /** How many rows were received again. */
    public synchronized long doubled() {
        return doubled;
    }

    /** How many lines were written and not received. */
    public synchronized long missing() {
        return logs.values().stream().mapToLong(WrittenLog::missing).sum();
    }

    private void report(Violation violation, String example) {
        if (violations.merge(violation, 1, Integer::sum) <= EXAMPLES_MAX) {
            examples.add(violation + ": " + example);
        }
    }

    /** Judges what was received. All programs must have ended, and everything in the topics must have been accepted. */
    public synchronized Verdict verdict() {
        Collection<WrittenLog> all = logs.values();
        long doubledInContentMax = 0;
        for (WrittenLog log : all) {
            if (log.missing() > 0) {
                report(Violation.MISSING, "%d lines, first %s".formatted(log.missing(), log.firstGap()));
            }
            for (LogContent content : log.contents()) {
                checkDoubled(content);
                checkHeader(log, content);
                doubledInContentMax = Math.max(doubledInContentMax, content.doubledLines());
            }
        }
        headers.keySet().stream()
                .filter(fileId -> !contentsById.containsKey(fileId))
                .forEach(fileId -> report(Violation.WRONG_FILE_ID, fileId + " has a header's lines alone"));
        if (kills == 0 && doubled > 0) {
            report(Violation.DOUBLED, doubled + " rows, and no kill may repeat lines");
        }
        return new Verdict(
                new Verdict.Written(
                        all.stream().mapToLong(WrittenLog::lines).sum(),
                        all.stream().mapToLong(WrittenLog::writtenBytes).sum(),
                        all.stream().mapToInt(log -> log.contents().size()).sum()),
                new Verdict.Received(rows, deadLetters, missing(), doubled, doubledInContentMax),
                Map.copyOf(violations),
                List.copyOf(examples));
    }

    private void checkDoubled(LogContent content) {
        if (content.doubledLines() > (long) kills * limits.doubledLinesMax()
                || content.doubledBytes() > kills * limits.doubledBytesMax()) {
            report(
                    Violation.DOUBLED,
                    "%d lines with %d bytes of %s, after %d kills"
                            .formatted(content.doubledLines(), content.doubledBytes(), content, kills));
        }
    }

    private void checkHeader(WrittenLog log, LogContent content) {
        int received = headers.getOrDefault(content.fileId(), new BitSet()).cardinality();
        if (received != log.headerLines()) {
            report(
                    Violation.MISSING,
                    "%d of %d lines of the header of %s".formatted(received, log.headerLines(), content));
        }
    }
}
