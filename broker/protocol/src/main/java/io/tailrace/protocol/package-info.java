/**
 * The wire protocol as values: requests, responses, error codes and the names they share.
 *
 * <p>Nothing here does I/O, holds a thread or reads a clock. Everything is immutable unless it says otherwise.
 */
@NullMarked
package io.tailrace.protocol;

import org.jspecify.annotations.NullMarked;
