/**
 * The configuration of the broker and of topics, as immutable records, one for each concern.
 *
 * <p>Keys have Kafka's names where Kafka has them. Keys, defaults and their documentation are in
 * {@link io.tailrace.server.config.BrokerKeys}, {@link io.tailrace.server.config.GroupKeys},
 * {@link io.tailrace.server.config.TransactionKeys},
 * {@link io.tailrace.server.config.TopicKeys} and {@link io.tailrace.server.config.GroupOverrides}; nothing else reads a key by
 * its name. A value is checked when it is read, at start or when a topic's settings change, and never later.
 */
@NullMarked
package io.tailrace.server.config;

import org.jspecify.annotations.NullMarked;
