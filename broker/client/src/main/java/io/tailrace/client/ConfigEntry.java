package io.tailrace.client;

import org.jspecify.annotations.Nullable;

/**
 * One setting and its current value.
 *
 * @param name the key
 * @param value the value, or null if it is secret
 * @param isDefault whether it is the default
 */
public record ConfigEntry(String name, @Nullable String value, boolean isDefault) {}
