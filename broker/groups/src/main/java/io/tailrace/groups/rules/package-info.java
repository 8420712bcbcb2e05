/**
 * The rules of all protocols together: what the host of a {@link io.tailrace.groups.GroupsShard} starts with.
 *
 * <p>The only package that knows {@code classic}, {@code consumer} and {@code offsets} alike.
 */
@NullMarked
package io.tailrace.groups.rules;

import org.jspecify.annotations.NullMarked;
