/**
 * The cluster as one immutable value, and the controller's decisions about it.
 *
 * <p>{@link io.tailrace.replication.cluster.ClusterImage} is what a broker knows about the cluster at one moment: live
 * brokers, topics, leaders. The server answers Metadata from it, and the controller decides by it. {@link
 * io.tailrace.replication.cluster.ControllerRules} turns an image into a batch of writes and performs none.
 *
 * <p>Brokers appear as {@linkplain io.tailrace.replication.cluster.Incarnation incarnations}, an id with the broker epoch of
 * a registration, so that a broker that came back without its unsynced data is not mistaken for the one that left.
 *
 * <p>Everything here is immutable and thread-safe. Nothing here knows ZooKeeper, a clock, a thread or a file.
 */
@NullMarked
package io.tailrace.replication.cluster;

import org.jspecify.annotations.NullMarked;
