/**
 * The broker's part in the cluster: it registers the broker, follows the cluster's decisions, and opens, changes and closes
 * partitions as they say.
 *
 * <p>{@link io.tailrace.server.cluster.ClusterNode} joins, drains and leaves. {@link io.tailrace.server.cluster.ClusterView}
 * is the newest image that was acted on, for handlers. {@link io.tailrace.server.cluster.Storage} holds the log directories.
 *
 * <p>Threading: one thread acts on images, so that partitions see the cluster's decisions in order. Another one ticks the
 * partitions' rules and takes the outcomes of their proposals; it touches no disk, and no partition that is busy holds it up. Each
 * log directory has a thread for retention, flushing and checkpoints. So a stalled disk delays neither ISR changes nor the end of
 * the lease.
 */
@NullMarked
package io.tailrace.server.cluster;

import org.jspecify.annotations.NullMarked;
