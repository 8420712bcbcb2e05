package io.tailrace.coordination;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.PartitionState;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.zookeeper.KeeperException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what a partition's leader asks of the store, and answers with the event to step next. Nothing blocks:
 * answers come on ZooKeeper's event thread, and must be passed on quickly. Any number of partitions may be under way at
 * once, one write for each. Safe between threads.
 */
public final class PartitionStateStore {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionStateStore.class);

    private final CuratorFramework curator;

    public PartitionStateStore(ZooKeeperSession session) {
        curator = session.curator();
    }

    /**
     * Writes {@code next} if the store has {@code next.version()}: {@link Event.ProposalWritten},
     * {@link Event.ProposalRefused}, or {@link Event.ProposalUnknown} if the connection was lost around it.
     */
    public CompletionStage<Event> propose(TopicPartition partition, PartitionState next) {
        CompletableFuture<Event> answer = new CompletableFuture<>();
        try {
            curator.setData()
                    .withVersion(next.version())
                    .inBackground((client, event) -> answer.complete(proposalOutcome(partition, next, event)))
                    .forPath(ZNodes.state(partition), ZNodeJson.state(next));
        } catch (Exception e) {
            LOG.warn("cannot write the state of {}: {}", partition, e.getMessage());
            answer.complete(new Event.ProposalUnknown(next.version()));
        }
        return answer;
    }

    /**
     * Reads the state as it is once every earlier write of this session is decided: {@link Event.StateReadBack},
     * {@link Event.Unassigned} if it is gone, or {@link Event.ProposalUnknown} of {@code expectedVersion} if there is
     * still no connection.
     */
    public CompletionStage<Event> readBack(TopicPartition partition, int expectedVersion) {
        CompletableFuture<Event> answer = new CompletableFuture<>();
        String path = ZNodes.state(partition);
        try {
            curator.sync()
                    .inBackground((client, synced) -> {
                        if (synced.getResultCode() != KeeperException.Code.OK.intValue()) {
                            answer.complete(new Event.ProposalUnknown(expectedVersion));
                            return;
                        }
                        curator.getData()
                                .inBackground(
                                        (c, event) -> answer.complete(readOutcome(partition, expectedVersion, event)))
                                .forPath(path);
                    })
                    .forPath(path);
        } catch (Exception e) {
            LOG.warn("cannot read the state of {}: {}", partition, e.getMessage());
            answer.complete(new Event.ProposalUnknown(expectedVersion));
        }
        return answer;
    }

    private static Event proposalOutcome(TopicPartition partition, PartitionState next, CuratorEvent event) {
        KeeperException.Code code = KeeperException.Code.get(event.getResultCode());
        if (code == KeeperException.Code.OK) {
            return new Event.ProposalWritten(next.withVersion(event.getStat().getVersion()));
        }
        LOG.info("state of {} not written at version {}: {}", partition, next.version(), code);
        return code == KeeperException.Code.BADVERSION || code == KeeperException.Code.NONODE
                ? new Event.ProposalRefused(next.version())
                : new Event.ProposalUnknown(next.version());
    }

    private static Event readOutcome(TopicPartition partition, int expectedVersion, CuratorEvent event) {
        KeeperException.Code code = KeeperException.Code.get(event.getResultCode());
        if (code == KeeperException.Code.NONODE) {
            return new Event.Unassigned();
        }
        try {
            if (code == KeeperException.Code.OK) {
                return new Event.StateReadBack(
                        expectedVersion,
                        ZNodeJson.state(event.getData(), event.getStat().getVersion()));
            }
            LOG.warn("cannot read the state of {}: {}", partition, code);
        } catch (IOException e) {
            LOG.error("{} cannot be understood: {}", ZNodes.state(partition), e.getMessage());
        }
        return new Event.ProposalUnknown(expectedVersion);
    }
}
