package io.tailrace.coordination;

import io.tailrace.coordination.ZNodeJson.ProducerIdNode;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.BadVersionException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.data.Stat;

/**
 * Gives out producer ids that no other broker ever gives out. They are taken from ZooKeeper a thousand at a time; those
 * left when the broker stops are never used. Safe between threads; blocks once in a thousand calls.
 */
public final class ProducerIdBlocks {
    private static final int BLOCK_SIZE = 1000;
    private static final int ATTEMPTS_MAX = 50;

    private final ZooKeeperSession session;
    private final CuratorFramework curator;
    private final int brokerId;
    /** Guarded by this: the next id, and the end of the block it is from, exclusive. */
    private long nextId;

    private long blockEnd;

    public ProducerIdBlocks(ZooKeeperSession session, int brokerId) {
        this.session = session;
        curator = session.curator();
        this.brokerId = brokerId;
    }

    /**
     * The next id, never given out before.
     *
     * @throws CoordinationException if a block is needed and ZooKeeper does not answer
     */
    public synchronized long next() {
        if (nextId == blockEnd) {
            ProducerIdNode block = takeBlock();
            nextId = block.firstId();
            blockEnd = block.lastId() + 1;
        }
        return nextId++;
    }

    private ProducerIdNode takeBlock() {
        for (int i = 0; i < ATTEMPTS_MAX; i++) {
            try {
                return takeBlockAfter();
            } catch (BadVersionException | NodeExistsException e) {
                // Another broker took this one: the next attempt asks for the one after.
            } catch (Exception e) {
                throw session.failure("take a block of producer ids", e);
            }
        }
        throw new CoordinationException(
                "cannot take a block of producer ids: others were faster " + ATTEMPTS_MAX + " times, try again");
    }

    private ProducerIdNode takeBlockAfter() throws Exception {
        Stat stat = new Stat();
        try {
            byte[] data = curator.getData().storingStatIn(stat).forPath(ZNodes.PRODUCER_ID_BLOCK);
            ProducerIdNode block = block(ZNodeJson.producerIds(data).lastId() + 1);
            curator.setData()
                    .withVersion(stat.getVersion())
                    .forPath(ZNodes.PRODUCER_ID_BLOCK, ZNodeJson.producerIds(block));
            return block;
        } catch (NoNodeException e) {
            ProducerIdNode block = block(0);
            curator.create().forPath(ZNodes.PRODUCER_ID_BLOCK, ZNodeJson.producerIds(block));
            return block;
        }
    }

    private ProducerIdNode block(long firstId) {
        return new ProducerIdNode(brokerId, firstId, firstId + BLOCK_SIZE - 1);
    }
}
