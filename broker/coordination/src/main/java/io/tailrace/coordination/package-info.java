/**
 * The cluster's agreement, kept in ZooKeeper: the only code of the broker that knows ZooKeeper or Curator.
 *
 * <p>The tree has Kafka's classic layout and JSON, so that tools which look there find what they know:
 *
 * <pre>
 * /cluster/id                              the cluster's id
 * /brokers/ids/N                           ephemeral: a registered broker; its czxid is the broker epoch
 * /brokers/topics/T                        id and replica assignment of a topic
 * /brokers/topics/T/partitions/P/state     leader, leader epoch, ISR; its version is the partition epoch
 * /config/topics/T                         settings of a topic
 * /controller, /controller_epoch           ephemeral: who is controller; how often one was elected
 * /admin/delete_topics/T                   a topic to be deleted
 * /latest_producer_id_block                the producer ids given out last
 * </pre>
 *
 * <p>Everything is followed through {@link io.tailrace.coordination.ClusterTree}, which publishes immutable images on one
 * thread. Every write is conditional: on the version of what it replaces, or, by a controller, on the controller's epoch.
 * What is decided is decided in {@code io.tailrace.replication}; here it is only carried out.
 */
@NullMarked
package io.tailrace.coordination;

import org.jspecify.annotations.NullMarked;
