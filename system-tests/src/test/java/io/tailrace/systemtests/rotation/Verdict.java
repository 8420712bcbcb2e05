package io.tailrace.systemtests.rotation;

import io.tailrace.systemtests.rotation.RowJudge.Violation;
import java.util.List;
import java.util.Map;

/**
 * What a judge has found.
 *
 * @param violations how often each was found
 * @param examples some of them
 */
public record Verdict(Written written, Received received, Map<Violation, Integer> violations, List<String> examples) {

    /**
     * What programs have written.
     *
     * @param contents how often a log was begun anew
     */
    public record Written(long lines, long bytes, int contents) {}

    /**
     * What was in the topics.
     *
     * @param rows records and dead letters
     * @param missing lines that are in none of them
     * @param doubled rows of lines that have an earlier row
     * @param doubledInContentMax the most of these that one content has
     */
    public record Received(long rows, long deadLetters, long missing, long doubled, long doubledInContentMax) {}

    public boolean isClean() {
        return violations.isEmpty();
    }

    @Override
    public String toString() {
        return "%s %s violations %s%s"
                .formatted(written, received, violations, examples.isEmpty() ? "" : "\n" + String.join("\n", examples));
    }
}
