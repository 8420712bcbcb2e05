/**
 * The broker's part in the cluster: what it knows of it, what it says of itself, and the partitions it opens, follows and
 * closes as the cluster decides.
 *
 * <p>{@link io.tailrace.server.cluster.ClusterView} is the newest image, for whoever answers from it. Images are acted
 * on by one thread, so that partitions see the cluster's decisions in their order.
 */
@NullMarked
package io.tailrace.server.cluster;

import org.jspecify.annotations.NullMarked;
