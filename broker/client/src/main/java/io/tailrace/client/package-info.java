/**
 * Producer, consumer and admin client. They need only the JDK and the compression codecs, so that an agent stays small and the
 * loader has no conflicts with Hadoop's libraries.
 *
 * <p>Agents, loader, registry and commands use the interfaces {@link io.tailrace.client.Producer},
 * {@link io.tailrace.client.Consumer} and {@link io.tailrace.client.Admin}. Keys and values are bytes. Timestamps are
 * milliseconds since the epoch; ends of offset ranges are exclusive.
 */
@NullMarked
package io.tailrace.client;

import org.jspecify.annotations.NullMarked;
