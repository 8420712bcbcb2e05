package io.tailrace.config;

/** A configuration that cannot be used. The message names every faulty key, the value found and what was expected. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
