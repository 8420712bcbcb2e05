package io.tailrace.simulation;

import java.io.PrintStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Prints a history line by line, or nothing. */
final class Trace {
    /** Prints nothing, and costs nothing. */
    static final Trace NONE = new Trace(null, "");

    private final @Nullable PrintStream out;
    private final String place;

    private Trace(@Nullable PrintStream out, String place) {
        this.out = out;
        this.place = place;
    }

    static Trace to(PrintStream out) {
        return new Trace(out, "");
    }

    /** Prints with the name of a place before each line. */
    Trace at(String name) {
        return new Trace(out, name + ": ");
    }

    void add(long nowMs, Supplier<String> line) {
        if (out != null) {
            out.printf("%6d ms  %s%s%n", nowMs, place, line.get());
        }
    }
}
