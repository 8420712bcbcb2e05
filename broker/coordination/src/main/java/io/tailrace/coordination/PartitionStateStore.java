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
 * Reads and writes partition states for the partitions' leaders. The answer is the event for the partition's next step. Nothing
 * blocks: answers are completed on ZooKeeper's event thread, and must be handed to another quickly. Any number of partitions
 * can have a write in flight, one each. Thread-safe.
 */
public final class PartitionStateStore {
    private static final Logger LOG = LoggerFactory.getLogger(PartitionStateStore.class);

    private final CuratorFramework curator;

    public PartitionStateStore(ZooKeeperSession session) {
        curator = session.curator();
    }

    /**
     * Writes {@code next} if the stored version is {@code next.version()}.
     *
     * @return {@link Event.ProposalWritten}, {@link Event.ProposalRefused}, or {@link Event.ProposalUnknown} if the connection was
     *     lost before the answer
     */
    public CompletionStage<Event> propose(TopicPartition partition, PartitionState next) {
        CompletableFuture<Event> answer = new CompletableFuture<>();
        try {
            curator.setData()
                    .withVersion(next.version())
                    .inBackground((client, event) -> answer.complete(proposalOutcome(partition, next, event)))
                    .forPath(ZNodes.state(partition), PartitionStateJson.write(next));
        } catch (Exception e) {
            LOG.warn("Cannot write state of {}: {}", partition, e.getMessage());
            answer.complete(new Event.ProposalUnknown(next.version()));
        }
        return answer;
    }

    /**
     * Reads the state after every earlier write of this session has succeeded or failed.
     *
     * @return {@link Event.StateReadBack}, {@link Event.Unassigned} if there is no state, or {@link Event.ProposalUnknown} of
     *     {@code expectedVersion} if there is still no connection
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
            LOG.warn("Cannot read state of {}: {}", partition, e.getMessage());
            answer.complete(new Event.ProposalUnknown(expectedVersion));
        }
        return answer;
    }

    private static Event proposalOutcome(TopicPartition partition, PartitionState next, CuratorEvent event) {
        KeeperException.Code code = KeeperException.Code.get(event.getResultCode());
        if (code == KeeperException.Code.OK) {
            return new Event.ProposalWritten(next.withVersion(event.getStat().getVersion()));
        }
        if (code == KeeperException.Code.BADVERSION || code == KeeperException.Code.NONODE) {
            LOG.info("State of {} not written at version {}: {}", partition, next.version(), code);
            return new Event.ProposalRefused(next.version());
        }
        // Without a connection this is every partition's answer; the loss of the connection is logged once.
        LOG.debug("unknown whether state of {} is written at version {}: {}", partition, next.version(), code);
        return new Event.ProposalUnknown(next.version());
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
                        PartitionStateJson.read(event.getData(), event.getStat().getVersion()));
            }
            LOG.debug("cannot read state of {}: {}", partition, code);
        } catch (IOException | IllegalArgumentException e) {
            LOG.error("Cannot read {} from ZooKeeper: {}", ZNodes.state(partition), e.getMessage());
        }
        return new Event.ProposalUnknown(expectedVersion);
    }
}
