package io.tailrace.agent.tail;

import com.google.re2j.Pattern;

/**
 * Which lines make one record. Immutable.
 *
 * @param pattern searched for in each line
 * @param matchesStart whether a line with the pattern begins a record; else it continues the one before
 * @param timeoutMs after how long without growth the last record of a file counts as whole
 */
public record Multiline(Pattern pattern, boolean matchesStart, long timeoutMs) {

    /** The same records, of which the last one of a file waits no longer than this. */
    public Multiline withTimeoutMax(long maxMs) {
        return new Multiline(pattern, matchesStart, Math.min(timeoutMs, maxMs));
    }

    boolean begins(String line) {
        return pattern.matcher(line).find() == matchesStart;
    }
}
