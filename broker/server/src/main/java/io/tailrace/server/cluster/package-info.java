/**
 * The broker's part in the cluster: this package registers the broker, follows the cluster's decisions, and opens, changes and
 * closes partitions accordingly.
 *
 * <p>{@link io.tailrace.server.cluster.ClusterNode} joins, drains and leaves. {@link io.tailrace.server.cluster.ClusterView}
 * gives handlers the newest image that was acted on. {@link io.tailrace.server.cluster.Storage} holds the log directories.
 *
 * <p>Threading: one thread acts on images, so that partitions see the cluster's decisions in order. Another one ticks the
 * partitions' rules and takes the outcomes of their proposals; it touches no disk and does not wait for a busy partition. Each
 * log directory has a thread for retention, flushing and checkpoints. So a stalled disk delays neither ISR changes nor the end of
 * the lease.
 */
@NullMarked
package io.tailrace.server.cluster;

import org.jspecify.annotations.NullMarked;
