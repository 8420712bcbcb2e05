/**
 * The cluster's shared state, kept in ZooKeeper: the only code of the broker that knows ZooKeeper or Curator.
 *
 * <p>The tree has Kafka's classic layout and JSON, so that tools which look there find what they know:
 *
 * <pre>
 * /cluster/id                              the cluster's id
 * /brokers/ids/N                           ephemeral: a registered broker; its czxid is the broker epoch
 * /brokers/topics/T                        id and replica assignment of a topic
 * /brokers/topics/T/partitions/P/state     leader, leader epoch, ISR; its version is the partition epoch
 * /config/topics/T                         settings of a topic
 * /config/brokers/N                        dynamic settings of a broker, or of all
 * /controller, /controller_epoch           ephemeral: the controller's id; the number of its term
 * /admin/delete_topics/T                   a topic marked for deletion
 * /latest_producer_id_block                the last block of producer ids given out
 * </pre>
 *
 * <p>{@link io.tailrace.coordination.ClusterTree} follows all of it, and publishes immutable images on one thread. Every write
 * is conditional: on the version it replaces, or, by a controller, on the controller's epoch. What is too large for ZooKeeper is
 * refused before it is sent. Decisions are made in {@code io.tailrace.replication}; this package only carries them out.
 */
@NullMarked
package io.tailrace.coordination;

import org.jspecify.annotations.NullMarked;
