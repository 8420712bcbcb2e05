/**
 * The schema registry's server: the REST interface that Confluent's clients use, over a compacted topic.
 *
 * <p>The topic is the only store. {@link SchemaRegistry} decides, {@link SchemaStore} appends and reads back, and
 * {@link RegistryState} is what the log's records add up to, the same in every instance that reads them. A write
 * counts when its record has been read back and has won; see {@link RegistryState} for how two instances that write
 * at once never give one id to two schemas.
 *
 * <p>Requests run on a bounded number of threads, the log is read by one of its own. Nothing here knows how brokers
 * are reached: {@link TopicSchemaLog} has the client.
 */
@NullMarked
package io.tailrace.schemas.registry;

import org.jspecify.annotations.NullMarked;
