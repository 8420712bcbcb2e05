package io.tailrace.agent;

import com.google.re2j.Pattern;
import java.util.Map;
import java.util.Optional;

/**
 * What a source does with its lines. Immutable.
 *
 * @param fields fields of every record
 * @param keep only lines with this pattern are sent; empty for all
 * @param drop lines with this pattern are not sent; empty for none
 * @param samplePercent how many of the lines that are left are sent, up to 100
 * @param linesPerSecMax how many lines are sent in a second; 0 for as many as there are
 */
record LineRules(
        Map<String, String> fields,
        Optional<Pattern> keep,
        Optional<Pattern> drop,
        double samplePercent,
        int linesPerSecMax) {
    static final double ALL_PERCENT = 100;

    /** All lines, as they are. */
    static final LineRules NONE = new LineRules(Map.of(), Optional.empty(), Optional.empty(), ALL_PERCENT, 0);

    LineRules {
        fields = Map.copyOf(fields);
    }
}
