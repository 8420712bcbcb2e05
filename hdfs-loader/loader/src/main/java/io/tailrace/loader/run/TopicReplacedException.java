package io.tailrace.loader.run;

/**
 * The brokers no longer have the log that was loaded: the topic was deleted and created again, or records were cut off after they
 * had been loaded. The message names the topic, what was expected, and what to do.
 */
public final class TopicReplacedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private TopicReplacedException(String message) {
        super(message);
    }

    static TopicReplacedException recreated(String what) {
        return new TopicReplacedException(
                what + ". Nothing was loaded. To load the topic from its first record, beside the"
                        + " rows of the former topic, load with --accept-new-topic");
    }

    static TopicReplacedException cut(String what) {
        return new TopicReplacedException(
                what + ". Nothing was loaded. To load what the brokers have from there on, beside the"
                        + " rows of the lost records, load with --accept-new-topic");
    }

    static TopicReplacedException meanwhile(String what) {
        return new TopicReplacedException(what + " while it was loaded. Nothing was committed; load again");
    }
}
