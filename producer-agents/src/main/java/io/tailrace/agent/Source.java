package io.tailrace.agent;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.TailConfig;

/**
 * Files of one format whose records go to one topic. Immutable.
 *
 * @param tail which files, and how they are read
 * @param format the format of their lines
 * @param topic the topic of their records
 */
record Source(TailConfig tail, Format format, String topic) {
    String name() {
        return tail.source();
    }
}
