package io.tailrace.cli;

/** A configuration that cannot be used. The message names every key at fault, what was found and what is expected. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
