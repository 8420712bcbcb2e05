/**
 * The wire protocol as values: requests, responses, error codes and shared names.
 *
 * <p>Nothing here does I/O, has a thread or reads a clock. Types are immutable unless they say otherwise.
 */
@NullMarked
package io.tailrace.protocol;

import org.jspecify.annotations.NullMarked;
