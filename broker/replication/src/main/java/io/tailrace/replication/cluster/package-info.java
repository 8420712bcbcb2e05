/**
 * The cluster as one immutable value, and the controller's decisions about it.
 *
 * <p>{@link io.tailrace.replication.cluster.ClusterImage} is what a broker knows of the cluster at one moment: who is
 * alive, which topics there are, who leads which partition. The server answers Metadata from it, the controller decides
 * by it. {@link io.tailrace.replication.cluster.ControllerRules} turns an image into a batch of writes and does nothing
 * itself.
 *
 * <p>A broker takes part as an {@linkplain io.tailrace.replication.cluster.Incarnation incarnation}, its id together
 * with the broker epoch it registered under, so that one which came back without its unsynced data is not mistaken
 * for the one that left.
 *
 * <p>Everything here is immutable and safe between threads. Nothing here knows ZooKeeper, a clock, a thread or a file.
 */
@NullMarked
package io.tailrace.replication.cluster;

import org.jspecify.annotations.NullMarked;
