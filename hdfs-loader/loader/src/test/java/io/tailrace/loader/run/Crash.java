package io.tailrace.loader.run;

/** Ends a run, leaving the same files behind as the end of its process. */
final class Crash extends Error {
    private static final long serialVersionUID = 1L;
}
