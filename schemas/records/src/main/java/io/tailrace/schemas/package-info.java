/**
 * Schemas of the records we ship: the registry's client, and the framing that ties a record to its schema.
 *
 * <p>A schema has an id for good: what was once read under an id may be kept for ever. Subjects are named
 * {@code <topic>-value}. Nothing here knows how the registry keeps its schemas; {@code registry} does.
 */
@NullMarked
package io.tailrace.schemas;

import org.jspecify.annotations.NullMarked;
