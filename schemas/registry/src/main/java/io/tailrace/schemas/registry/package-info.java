/**
 * The schema registry: the REST interface that Confluent's clients use, over a compacted topic.
 *
 * <p>The topic is the only store. {@link Router} finds the resource of a request; {@link SchemaQueries}, {@link SchemaWriter}
 * and {@link RegistrySettings} decide, {@link SchemaStore} appends records and reads them back, and {@link RegistryState} is
 * the sum of all records, the same in every instance. A write is done when its record has been read back and has won; so two
 * instances that write at once never give one id to two schemas.
 *
 * <p>A bounded number of threads handle requests, and one reads the log. Only {@link TopicSchemaLog} knows the client.
 * {@link ClientMain} starts the commands of the client, so that they can show Avro.
 */
@NullMarked
package io.tailrace.schemas.registry;

import org.jspecify.annotations.NullMarked;
