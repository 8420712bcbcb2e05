package io.tailrace.loader.run;

/** Reports the progress of a topic's verification. */
public interface VerifyProgress extends AutoCloseable {
    /** Reports nothing. */
    VerifyProgress NONE = new VerifyProgress() {
        @Override
        public void verified(long rows) {}

        @Override
        public void close() {}
    };

    /** Counts rows that are verified. */
    void verified(long rows);

    @Override
    void close();

    /** Starts to report the verification of a topic. */
    @FunctionalInterface
    interface Factory {
        VerifyProgress start(String topic, long rows);
    }
}
