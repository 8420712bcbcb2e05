package io.tailrace.simulation;

import io.tailrace.log.InMemoryLog;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.replication.cluster.Broker;
import java.nio.ByteBuffer;
import java.util.List;

/** A broker's disk: the partition's log, the checkpoint of its high watermark, and the mark of a clean stop. */
final class Disk {
    /**
     * A record, in a batch of its own. Its timestamp is its value.
     *
     * @param leaderEpoch the epoch it was written in
     * @param value differs from that of every other record
     */
    record Entry(int leaderEpoch, Batch batch, long value) {
        /** Bytes of each batch. */
        static final int BYTES = encode(Batch.NONE, 0).remaining();

        private static final int BYTES_MAX = 128;

        static Entry of(RecordBatch batch) {
            Batch sent = batch.hasProducerId()
                    ? new Batch((int) batch.producerId(), batch.producerEpoch(), batch.baseSequence())
                    : Batch.NONE;
            return new Entry(batch.leaderEpoch(), sent, batch.baseTimestampMs());
        }

        /** The batch as a producer sends it. */
        static ByteBuffer encode(Batch batch, long value) {
            RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BYTES_MAX);
            if (!batch.equals(Batch.NONE)) {
                builder.producer(batch.producer(), (short) batch.producerEpoch(), batch.sequence());
            }
            builder.append(value, null, null, List.of());
            return builder.build();
        }
    }

    /** Identifies an idempotent producer's batch; {@link #NONE} for any other. */
    record Batch(int producer, int producerEpoch, int sequence) {
        static final Batch NONE = new Batch(-1, 0, 0);
    }

    private final InMemoryLog log = new InMemoryLog(SimulatedPartition.ID);
    private long highWatermark;

    /** The broker epoch of the last process if it stopped cleanly and none was started since. */
    private long cleanEpoch = Broker.NONE;

    InMemoryLog log() {
        return log;
    }

    long startOffset() {
        return log.logStartOffset();
    }

    long endOffset() {
        return log.logEndOffset();
    }

    Entry entry(long offset) {
        return Entry.of(log.batch(offset));
    }

    void sync() {
        log.sync();
    }

    long highWatermark() {
        return highWatermark;
    }

    void checkpoint(long newHighWatermark) {
        highWatermark = newHighWatermark;
    }

    /** The machine fails and loses what had not reached the disk, or some of it. */
    void loseUnsynced(Cluster cluster) {
        long end = cluster.between(Math.max(log.syncedOffset(), log.logStartOffset()), log.logEndOffset());
        log.losePower(end, cluster.timeline.nowMs());
        highWatermark = Math.min(highWatermark, end);
    }

    void stoppedCleanly(long brokerEpoch) {
        sync();
        cleanEpoch = brokerEpoch;
    }

    /** The epoch of the last process if it stopped cleanly. */
    long startProcess() {
        long epoch = cleanEpoch;
        cleanEpoch = Broker.NONE;
        return epoch;
    }
}
