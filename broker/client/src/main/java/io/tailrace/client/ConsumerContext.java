package io.tailrace.client;

/**
 * What the parts of a consumer share.
 *
 * @param network connections on which no request waits for long
 * @param completions passes outcomes to the consumer's thread
 * @param metadata the known brokers
 * @param assignment the assigned partitions; its monitor guards all parts
 */
record ConsumerContext(
        ConsumerConfig config,
        Network network,
        CompletionQueue completions,
        Metadata metadata,
        Assignment assignment,
        Time time,
        Backoff backoff) {

    int timeoutMs() {
        return config.client().requestTimeoutMs();
    }

    /** The coordinator of a group, asked on the given connections. */
    Coordinator coordinator(String group, Network connections) {
        return new Coordinator(group, connections, metadata::anyBroker, metadata::avoidBroker, timeoutMs());
    }
}
