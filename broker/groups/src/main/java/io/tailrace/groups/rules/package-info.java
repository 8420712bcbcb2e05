/**
 * Puts the rules of all protocols together for the host of a {@link io.tailrace.groups.GroupsShard}.
 *
 * <p>The only package that uses all of {@code classic}, {@code consumer} and {@code offsets}.
 */
@NullMarked
package io.tailrace.groups.rules;

import org.jspecify.annotations.NullMarked;
