package io.tailrace.log;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The producers of a log at an offset. Encoded as Kafka's snapshot, version 1, which contains the last batch and the open transaction
 * of each producer. What Kafka ignores follows: earlier batches, and ended transactions ({@code docs/format.md}).
 *
 * @param producers the producers
 * @param ended the first offset of each ended transaction whose marker may not be below the high watermark, by the marker's offset
 */
record ProducerSnapshot(Collection<ProducerEntry> producers, SortedMap<Long, Long> ended) {
    private static final Logger LOG = LoggerFactory.getLogger(ProducerSnapshot.class);

    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 10;
    private static final int CRC_AT = 2;
    private static final int CRC_FROM = 6;
    private static final int PRODUCER_BYTES = 46;
    private static final int PRODUCER_ID_BYTES = 8;
    private static final int COUNT_BYTES = 1;
    private static final int BATCH_BYTES = 20;
    private static final int NO_SEQUENCE = -1;
    private static final int ENDED_BYTES = 16;

    ByteBuffer encode() {
        int earlier = producers.stream()
                .mapToInt(producer -> Math.max(0, producer.batchCount() - 1))
                .sum();
        int bytes = HEADER_BYTES
                + producers.size() * (PRODUCER_BYTES + PRODUCER_ID_BYTES + COUNT_BYTES)
                + earlier * BATCH_BYTES
                + Integer.BYTES
                + ended.size() * ENDED_BYTES;
        ByteBuffer snapshot = ByteBuffer.allocate(bytes);
        snapshot.putShort(VERSION).putInt(0).putInt(producers.size());
        producers.forEach(producer -> putProducer(snapshot, producer));
        producers.forEach(producer -> putEarlierBatches(snapshot, producer));
        snapshot.putInt(ended.size());
        ended.forEach((marker, first) -> snapshot.putLong(first).putLong(marker));
        snapshot.flip();
        return snapshot.putInt(CRC_AT, crcOf(snapshot));
    }

    private static void putProducer(ByteBuffer snapshot, ProducerEntry producer) {
        ProducerBatchMetadata last = producer.lastBatch();
        snapshot.putLong(producer.producerId())
                .putShort(producer.epoch())
                .putInt(last == null ? NO_SEQUENCE : last.lastSequence())
                .putLong(last == null ? -1 : last.lastOffset())
                .putInt(last == null ? 0 : last.offsetDelta())
                .putLong(producer.lastSeenMs())
                .putInt(producer.coordinatorEpoch())
                .putLong(producer.transactionFrom());
    }

    private static void putEarlierBatches(ByteBuffer snapshot, ProducerEntry producer) {
        int count = Math.max(0, producer.batchCount() - 1);
        snapshot.putLong(producer.producerId()).put((byte) count);
        for (ProducerBatchMetadata batch : producer.batches()) {
            if (count-- > 0) {
                snapshot.putInt(batch.firstSequence())
                        .putInt(batch.lastSequence())
                        .putLong(batch.lastOffset())
                        .putInt(batch.offsetDelta());
            }
        }
    }

    /** Reads a file. Returns empty if it is damaged, in which case more of the log is read instead. */
    static Optional<ProducerSnapshot> read(Path path) throws IOException {
        ByteBuffer snapshot = ByteBuffer.wrap(Files.readAllBytes(path));
        try {
            return Optional.of(decode(path, snapshot));
        } catch (CorruptLogException | BufferUnderflowException e) {
            LOG.warn("Damaged producer snapshot ignored: {}: {}", path, e.toString());
            return Optional.empty();
        }
    }

    private static ProducerSnapshot decode(Path path, ByteBuffer snapshot) throws CorruptLogException {
        short version = snapshot.getShort();
        if (version != VERSION) {
            throw new CorruptLogException(path, 0, "version", VERSION, version);
        }
        int crc = snapshot.getInt();
        if (crc != crcOf(snapshot)) {
            throw new CorruptLogException(path, CRC_AT, "CRC", crcOf(snapshot), crc);
        }
        int count = snapshot.getInt();
        int countMax = snapshot.remaining() / PRODUCER_BYTES;
        if (count < 0 || count > countMax) {
            throw new CorruptLogException(path, CRC_FROM, "producers", "0 to " + countMax, count);
        }
        ByteBuffer earlier = snapshot.slice(
                snapshot.position() + count * PRODUCER_BYTES,
                snapshot.limit() - snapshot.position() - count * PRODUCER_BYTES);
        List<ProducerEntry> producers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            producers.add(decodeProducer(snapshot, earlier));
        }
        return new ProducerSnapshot(producers, decodeEnded(earlier));
    }

    private static SortedMap<Long, Long> decodeEnded(ByteBuffer rest) {
        SortedMap<Long, Long> ended = new TreeMap<>();
        for (int left = rest.hasRemaining() ? rest.getInt() : 0; left > 0; left--) {
            long first = rest.getLong();
            ended.put(rest.getLong(), first);
        }
        return ended;
    }

    private static ProducerEntry decodeProducer(ByteBuffer snapshot, ByteBuffer earlier) {
        long producerId = snapshot.getLong();
        short epoch = snapshot.getShort();
        int lastSequence = snapshot.getInt();
        long lastOffset = snapshot.getLong();
        int offsetDelta = snapshot.getInt();
        long lastSeenMs = snapshot.getLong();
        ProducerEntry producer = new ProducerEntry(producerId, epoch, lastSeenMs);
        producer.restoreTransaction(snapshot.getInt(), snapshot.getLong());
        // A snapshot written by Kafka ends after the producers.
        if (earlier.hasRemaining() && earlier.getLong() == producerId) {
            for (int left = earlier.get(); left > 0; left--) {
                producer.add(
                        new ProducerBatchMetadata(
                                producerId,
                                epoch,
                                earlier.getInt(),
                                earlier.getInt(),
                                earlier.getLong(),
                                earlier.getInt()),
                        lastSeenMs);
            }
        }
        if (lastSequence != NO_SEQUENCE) {
            int firstSequence = firstSequence(lastSequence, offsetDelta);
            producer.add(
                    new ProducerBatchMetadata(producerId, epoch, firstSequence, lastSequence, lastOffset, offsetDelta),
                    lastSeenMs);
        }
        return producer;
    }

    /** Sequences wrap around from the greatest int to 0. */
    private static int firstSequence(int lastSequence, int offsetDelta) {
        return (lastSequence - offsetDelta) & Integer.MAX_VALUE;
    }

    private static int crcOf(ByteBuffer snapshot) {
        CRC32C crc = new CRC32C();
        crc.update(snapshot.slice(CRC_FROM, snapshot.limit() - CRC_FROM));
        return (int) crc.getValue();
    }
}
