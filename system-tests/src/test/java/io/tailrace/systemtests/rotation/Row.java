package io.tailrace.systemtests.rotation;

/**
 * A record of an agent: a line or a dead letter.
 *
 * @param topic the topic that has it
 * @param isDeadLetter whether it is a line that could not become a record of its topic
 * @param fileId identity of the content of the line's file; empty if the record has none
 * @param byteOffset where the line begins there
 */
record Row(String topic, boolean isDeadLetter, String host, String file, String fileId, long byteOffset, byte[] line) {
    @Override
    public String toString() {
        return "%s byte %d of %s (fileId %s, %s)".formatted(host, byteOffset, file, fileId, topic);
    }
}
