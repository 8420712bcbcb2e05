package io.tailrace.cli;

/** How a command prints a {@link Table}. */
public enum OutputFormat {
    TABLE,
    JSON,
    CSV
}
