package io.tailrace.simulation;

import java.io.PrintStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prints a history line by line, or nothing. */
final class Trace {
    /** Prints nothing, and costs nothing. */
    static final Trace NONE = new Trace(null);

    private final @Nullable PrintStream out;

    private Trace(@Nullable PrintStream out) {
        this.out = out;
    }

    static Trace to(PrintStream out) {
        return new Trace(out);
    }

    void add(long nowMs, Supplier<String> line) {
        if (out != null) {
            out.printf("%6d ms  %s%n", nowMs, line.get());
        }
    }
}
