package io.tailrace.process;

/** How a command prints an {@link OutputTable}. */
public enum OutputFormat {
    TABLE,
    JSON,
    CSV
}
