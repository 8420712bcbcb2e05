package io.tailrace.systemtests;

import io.tailrace.client.RebalanceListener;
import io.tailrace.protocol.TopicPartition;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A member of a group that polls on a thread of its own, and when its partitions changed. */
final class PolledMember implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);

    private final GroupReceiver receiver;
    private final CompletableFuture<Void> polling;
    private volatile boolean closed;
    private volatile Assignment assignment = new Assignment(Set.of(), System.nanoTime());

    /**
     * The partitions of a member.
     *
     * @param sinceNs {@link System#nanoTime} of the change
     */
    record Assignment(Set<TopicPartition> partitions, long sinceNs) {}

    /** Starts polling. */
    PolledMember(GroupReceiver receiver, String topic) {
        this.receiver = receiver;
        receiver.subscribe(topic, new RebalanceListener() {
            @Override
            public void assigned(Set<TopicPartition> partitions) {
                Set<TopicPartition> all = new HashSet<>(assignment.partitions());
                all.addAll(partitions);
                assignment = new Assignment(all, System.nanoTime());
            }

            @Override
            public void revoked(Set<TopicPartition> partitions) {
                Set<TopicPartition> left = new HashSet<>(assignment.partitions());
                left.removeAll(partitions);
                assignment = new Assignment(left, System.nanoTime());
            }

            @Override
            public void lost(Set<TopicPartition> partitions) {
                revoked(partitions);
            }
        });
        polling = CompletableFuture.runAsync(this::run, task -> new Thread(task, "member").start());
    }

    private void run() {
        try (receiver) {
            while (!closed) {
                receiver.poll(POLL);
            }
        }
    }

    /** What the member reads. Fails if polling has failed. */
    Assignment assignment() {
        if (polling.isDone()) {
            polling.join();
        }
        return assignment;
    }

    /** Leaves the group. Fails if polling has failed. */
    @Override
    public void close() {
        closed = true;
        polling.join();
    }
}
