package io.tailrace.agent;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.parse.LineParser;
import io.tailrace.agent.tail.TailConfig;

/**
 * Files of one format whose records go to one topic. Immutable.
 *
 * @param tail which files, and how they are read
 * @param format the format of their lines
 * @param topic the topic of their records
 * @param rules what becomes of the lines
 */
record Source(TailConfig tail, Format format, String topic, LineRules rules) {
    /** How long a run that ends by itself waits at most for the last record of a file to go on. */
    private static final long RECORD_MS_MAX = SendGate.GIVE_UP_MS / 2;

    /** A source that sends all lines as they are. */
    Source(TailConfig tail, Format format, String topic) {
        this(tail, format, topic, LineRules.NONE);
    }

    /** The same source for a run that ends by itself. */
    Source forOneRun() {
        return tail.multiline()
                .map(records -> new Source(tail.with(records.withTimeoutMax(RECORD_MS_MAX)), format, topic, rules))
                .orElse(this);
    }

    LineParser parser() {
        return format.parser(rules.fields());
    }

    String name() {
        return tail.source();
    }
}
