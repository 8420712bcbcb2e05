/**
 * What can be configured, for the broker and for each topic, as immutable records, one for each concern.
 *
 * <p>Keys have the names that Kafka's users know. Keys, defaults and their documentation are {@link
 * io.tailrace.server.config.BrokerKeys} and {@link io.tailrace.server.config.TopicKeys}; nothing else reads a key by its
 * name. A value is checked when it is read, at start or when a topic's settings change, and never later.
 */
@NullMarked
package io.tailrace.server.config;

import org.jspecify.annotations.NullMarked;
