package io.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * One configuration value in force.
 *
 * @param name the key
 * @param value the value, or null where it is secret
 * @param isDefault whether it was set by nobody
 */
public record ConfigEntry(String name, @Nullable String value, boolean isDefault) {}
