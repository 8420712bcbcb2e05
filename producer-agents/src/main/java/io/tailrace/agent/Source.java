package io.tailrace.agent;

import io.tailrace.agent.parse.Format;
import io.tailrace.agent.tail.TailConfig;

/**
 * Files of one format that go to one topic.
 *
 * @param tail which files, and how they are read
 * @param format what their lines look like
 * @param topic where their records go
 */
record Source(TailConfig tail, Format format, String topic) {
    String name() {
        return tail.source();
    }
}
