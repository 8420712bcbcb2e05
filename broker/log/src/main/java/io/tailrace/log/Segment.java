package io.tailrace.log;

import java.nio.channels.FileChannel;

/** SKELETON. */
@SuppressWarnings("DoNotCallSuggester")
final class Segment {
    FileChannel channel() {
        throw new UnsupportedOperationException();
    }

    void release() {}
}
