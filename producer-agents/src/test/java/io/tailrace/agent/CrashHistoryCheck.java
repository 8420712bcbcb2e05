package io.tailrace.agent;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.generic.GenericRecord;

/**
 * Decides whether an agent has sent what it had to in a {@link CrashHistory}: every line, and a line twice only as the same record. Knows
 * what the programs wrote, and nothing of how the agent reads.
 */
final class CrashHistoryCheck {
    private final AgentHarness harness;
    private final List<SimulatedLog> logs;
    private final boolean isRaw;
    private final Allowed allowed;

    /**
     * What a history allows.
     *
     * @param repeatedMax how many records may be repeated
     * @param hasCrashed whether the agent was killed
     * @param hasLostPower whether the machine lost its power
     * @param hasHeader whether all files begin with the same lines
     */
    record Allowed(long repeatedMax, boolean hasCrashed, boolean hasLostPower, boolean hasHeader) {}

    /** A history has gone wrong. */
    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Violation(String message) {
            super(message);
        }
    }

    CrashHistoryCheck(AgentHarness harness, List<SimulatedLog> logs, boolean isRaw, Allowed allowed) {
        this.harness = harness;
        this.logs = logs;
        this.isRaw = isRaw;
        this.allowed = allowed;
    }

    /** A line's record, as it was first sent, and how often it was sent. */
    private static final class Sent {
        private final String identity;
        private final byte[] bytes;
        private int repeated;

        private Sent(String identity, byte[] bytes) {
            this.identity = identity;
            this.bytes = bytes;
        }
    }

    /** @throws Violation if what was sent does not follow from the history */
    void check() {
        Map<String, Sent> byIdentity = new HashMap<>();
        Map<String, Sent> byText = new HashMap<>();
        List<AuditOracle.Stored> stored = AuditOracle.stored(harness);
        for (AuditOracle.Stored record : stored) {
            if (record.topic().equals(AgentHarness.TOPIC) || record.topic().equals(AgentHarness.DEAD_LETTERS)) {
                take(record, byIdentity, byText);
            }
        }
        checkLines(byText);
        long repeated =
                byIdentity.values().stream().mapToLong(sent -> sent.repeated).sum();
        if (repeated > allowed.repeatedMax) {
            throw new Violation(repeated + " records are repeated: expected at most " + allowed.repeatedMax);
        }
        boolean isAllKnownAgain = !isAnythingGone()
                && logs.stream().flatMap(log -> log.lines().stream()).noneMatch(SimulatedLog.Line::wasInShortCopy);
        if (!allowed.hasLostPower && (!allowed.hasCrashed || isAllKnownAgain)) {
            AuditOracle.of(stored).check(byIdentity.size());
        }
    }

    /** After a power failure, only the beginning of a file may be known, and other files may begin alike. */
    private boolean mayBeTakenForAnother() {
        return allowed.hasLostPower && (isAnythingGone() || allowed.hasHeader);
    }

    private boolean isAnythingGone() {
        return logs.stream().anyMatch(SimulatedLog::isAnythingGone);
    }

    private void take(AuditOracle.Stored record, Map<String, Sent> byIdentity, Map<String, Sent> byText) {
        GenericRecord value = record.value();
        byte[] bytes = record.bytes();
        String identity = value.get("fileId") + " " + value.get("byteOffset");
        String text = value.get("line").toString();
        Sent sent = byIdentity.get(identity);
        if (sent == null) {
            sent = new Sent(identity, bytes);
            byIdentity.put(identity, sent);
        } else {
            sent.repeated++;
            // A power failure may lose the time at which a line was read.
            boolean isSame = Arrays.equals(sent.bytes, bytes);
            boolean hasTimeOfReading = isRaw || record.topic().equals(AgentHarness.DEAD_LETTERS);
            boolean mayDiffer = mayBeTakenForAnother() || (allowed.hasLostPower && hasTimeOfReading);
            if (!isSame && !mayDiffer) {
                throw new Violation("two records have the identity " + identity + ", the later one is " + value);
            }
        }
        Sent other = byText.putIfAbsent(text, sent);
        if (other != null && other != sent && isKnownAgain(text) && !mayBeTakenForAnother()) {
            throw new Violation("a line has the identities " + other.identity + " and " + sent.identity + ": " + text);
        }
    }

    private boolean isKnownAgain(String text) {
        return !text.startsWith("#")
                && logs.stream()
                        .flatMap(log -> log.lines().stream())
                        .anyMatch(line -> line.text().equals(text) && !line.wasInShortCopy());
    }

    private void checkLines(Map<String, Sent> byText) {
        Set<String> known = new HashSet<>();
        StringBuilder all = new StringBuilder();
        for (SimulatedLog log : logs) {
            for (SimulatedLog.Line line : log.lines()) {
                String sentText = line.text()
                        .substring(
                                0,
                                Math.min(
                                        CrashHistory.LINE_BYTES_MAX, line.text().length()));
                known.add(sentText);
                all.append(line.text()).append('\n');
                if (line.mustBeSent() && !byText.containsKey(sentText)) {
                    throw new Violation("a line was not sent: " + line.text());
                }
            }
        }
        for (String text : byText.keySet()) {
            boolean isPart = known.contains(text) || text.startsWith("#") || all.indexOf(text) >= 0;
            if (!isPart) {
                throw new Violation("a record is no line: " + text);
            }
        }
    }
}
