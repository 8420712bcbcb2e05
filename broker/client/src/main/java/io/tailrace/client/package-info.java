/**
 * Producer, consumer and admin client: the JDK and compression, nothing else, so that an agent stays small and
 * nothing clashes with what Hadoop brings to the loader.
 *
 * <p>The three interfaces are what agents, loader, registry and command line know. Keys and values are bytes;
 * what they mean is their owner's matter. Times are milliseconds since the epoch, offsets exclusive where they end.
 */
@NullMarked
package io.tailrace.client;

import org.jspecify.annotations.NullMarked;
