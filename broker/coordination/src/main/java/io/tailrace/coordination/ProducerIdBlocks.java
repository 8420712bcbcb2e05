package io.tailrace.coordination;

import io.tailrace.coordination.ZNodeJson.ProducerIdBlock;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.data.Stat;

/**
 * Gives out producer ids that no other broker ever gives out. A broker takes a thousand at a time from ZooKeeper; those left
 * when it stops are never used. Thread-safe.
 */
public final class ProducerIdBlocks {
    private static final int BLOCK_SIZE = 1000;

    private final CuratorFramework curator;
    private final ConditionalWrites writes;
    private final int brokerId;
    /** Held while a block is taken from ZooKeeper; never by {@link #tryNext}. */
    private final ReentrantLock taking = new ReentrantLock();
    /** The next id. Guarded by this, as is the end (exclusive) of the block it is from. */
    private long nextId;

    private long blockEnd;

    public ProducerIdBlocks(ZooKeeperSession session, int brokerId) {
        curator = session.curator();
        writes = new ConditionalWrites(session);
        this.brokerId = brokerId;
    }

    /** A new id, or empty if {@link #next} has to ask ZooKeeper for a block. Never blocks. */
    public synchronized OptionalLong tryNext() {
        return nextId < blockEnd ? OptionalLong.of(nextId++) : OptionalLong.empty();
    }

    /**
     * A new id. Blocks while it takes a block from ZooKeeper.
     *
     * @throws CoordinationException if a block is needed and ZooKeeper does not answer
     */
    public long next() {
        taking.lock();
        try {
            OptionalLong next = tryNext();
            while (next.isEmpty()) {
                begin(writes.retryOnConflict("take a block of producer ids", this::takeBlock));
                next = tryNext();
            }
            return next.getAsLong();
        } finally {
            taking.unlock();
        }
    }

    private synchronized void begin(ProducerIdBlock block) {
        nextId = block.firstId();
        blockEnd = block.lastId() + 1;
    }

    private ProducerIdBlock takeBlock() throws Exception {
        Stat stat = new Stat();
        try {
            byte[] data = curator.getData().storingStatIn(stat).forPath(ZNodes.PRODUCER_ID_BLOCK);
            ProducerIdBlock block = block(ZNodeJson.producerIds(data).lastId() + 1);
            curator.setData()
                    .withVersion(stat.getVersion())
                    .forPath(ZNodes.PRODUCER_ID_BLOCK, ZNodeJson.producerIds(block));
            return block;
        } catch (NoNodeException e) {
            ProducerIdBlock block = block(0);
            curator.create().forPath(ZNodes.PRODUCER_ID_BLOCK, ZNodeJson.producerIds(block));
            return block;
        }
    }

    private ProducerIdBlock block(long firstId) {
        return new ProducerIdBlock(brokerId, firstId, firstId + BLOCK_SIZE - 1);
    }
}
