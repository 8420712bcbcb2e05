/**
 * Schemas of the records that agents send, their encoding, and the client of a schema registry.
 *
 * <p>The schema of an id never changes, so it may be cached for ever. Subjects are named {@code <topic>-value}. Agents
 * and the loader carry this module: it depends on Avro, Jackson and
 * zero-allocation-hashing alone, and not on the registry's server.
 */
@NullMarked
package io.tailrace.schemas;

import org.jspecify.annotations.NullMarked;
