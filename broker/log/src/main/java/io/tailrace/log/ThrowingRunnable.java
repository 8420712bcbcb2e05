package io.tailrace.log;

/** A {@link Runnable} that may throw a checked exception. */
interface ThrowingRunnable<E extends Exception> {
    void run() throws E;
}
