package io.tailrace.agent.delivery;

import io.tailrace.agent.audit.Tallies;
import io.tailrace.agent.encode.Origin;
import io.tailrace.agent.encode.RecordWriter;
import io.tailrace.agent.tail.Chunk;
import io.tailrace.client.ClientException;
import io.tailrace.client.Producer;
import io.tailrace.client.RecordBlock;
import io.tailrace.client.RecordsRefusedException;
import io.tailrace.schemas.Framing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lines of a chunk on their way to the brokers, in blocks, until all of them are acknowledged.
 *
 * <p>A record that brokers refuse for its content becomes a dead letter. If they do not name the record, its block is halved
 * until it is alone. Blocks that fail for another reason are encoded and sent again after a pause. Lines are sent in their
 * order, except for those that are sent again.
 *
 * <p>Not thread-safe. The producer's threads only wake the agent.
 */
public final class ChunkDelivery implements Shipment {
    private static final Logger log = LoggerFactory.getLogger(ChunkDelivery.class);

    private final Producer producer;
    private final ChunkEncoder encoder;
    private final Origin origin;
    private final Chunk chunk;
    /** Estimate for one record: the mean line, and what its origin adds. */
    private final int recordBytes;

    private final Unanswered<Block> unanswered;
    private final Backoff backoff = new Backoff();
    private final List<Block> failed = new ArrayList<>();
    private final Runnable wakeUp;
    private final List<RecordBlock> accepted = new ArrayList<>();
    private final Tallies acknowledged = new Tallies();
    private long deadLetters;
    private int filtered;
    private long filteredBytes;
    private @Nullable Throwable lastFailure;

    private record DeadLetter(int line, String reason) {}

    /** Records of one topic that are sent together: lines, or dead letters. */
    private final class Block {
        private final String topic;
        private final RecordBlock records;
        private final Tallies tallies = new Tallies();
        /** The line of each record. */
        private final int[] lines;
        /** The dead letters; empty if the records are lines. */
        private final List<DeadLetter> letters = new ArrayList<>();

        private Block(String topic, int linesMax) {
            this.topic = topic;
            records = producer.newBlock(topic, origin.key(), linesMax * recordBytes);
            lines = new int[linesMax];
        }

        /** Adds the record that was encoded last, unless the block is full. */
        private boolean add(int line) {
            RecordWriter record = encoder.record();
            if (!records.append(record.eventTimeMs(), record.bytes(), 0, record.size())) {
                return false;
            }
            lines[records.recordCount() - 1] = line;
            tallies.add(
                    topic,
                    record.eventTimeMs(),
                    record.bytes(),
                    Framing.HEADER_BYTES,
                    record.size() - Framing.HEADER_BYTES);
            return true;
        }

        private int[] lines(int from, int to) {
            return Arrays.copyOfRange(lines, from, to);
        }

        private void send() {
            if (records.recordCount() > 0) {
                unanswered.add(this, producer.send(records));
            }
        }
    }

    /**
     * Sends the lines of a chunk.
     *
     * @param wakeUp called by any thread when {@link #advance} has something to do
     */
    public ChunkDelivery(Producer producer, ChunkEncoder encoder, Origin origin, Chunk chunk, Runnable wakeUp) {
        this.producer = producer;
        this.encoder = encoder;
        this.origin = origin;
        this.chunk = chunk;
        this.recordBytes = chunk.lines().length() / chunk.lines().count() + origin.recordOverheadBytes();
        this.wakeUp = wakeUp;
        this.unanswered = new Unanswered<>(wakeUp);
        List<DeadLetter> rejected = new ArrayList<>();
        Block block = new Block(encoder.topic(), chunk.lines().count());
        for (int line = 0; line < chunk.lines().count(); line++) {
            if (!encoder.keeps(origin, chunk, line)) {
                filtered++;
                filteredBytes += chunk.lines().end(line) - chunk.lines().start(line);
                continue;
            }
            String reason = encoder.encode(origin, chunk, line);
            if (reason == null) {
                block = addLine(block, line);
            } else {
                rejected.add(new DeadLetter(line, reason));
            }
        }
        block.send();
        sendLetters(rejected);
    }

    /** Adds the line that was encoded last to a block, or to the next one if it is full. */
    private Block addLine(Block block, int line) {
        if (block.add(line)) {
            return block;
        }
        block.send();
        Block next = new Block(block.topic, block.lines.length - block.records.recordCount());
        if (!next.add(line)) {
            throw new IllegalStateException("an empty block has no room for a record of "
                    + encoder.record().size() + " bytes: topic " + block.topic);
        }
        return next;
    }

    /** Sends lines again that had records before. */
    private void sendLines(int... lines) {
        Block block = new Block(encoder.topic(), lines.length);
        for (int line : lines) {
            String reason = encoder.encode(origin, chunk, line);
            if (reason != null) {
                throw new IllegalStateException("a line that had a record has none now: " + reason);
            }
            block = addLine(block, line);
        }
        block.send();
    }

    private void sendLetters(List<DeadLetter> letters) {
        Block block = new Block(encoder.deadLetterTopic(), letters.size());
        for (DeadLetter letter : letters) {
            encoder.encodeDeadLetter(origin, chunk, letter.line, letter.reason);
            block = addLine(block, letter.line);
            block.letters.add(letter);
            block.tallies.addRejected(encoder.topic(), chunk.readMs());
        }
        block.send();
    }

    @Override
    public boolean advance(long nowMs) {
        unanswered.readAnswers(this::acknowledged, (block, failure) -> failed(block, failure, nowMs));
        if (!failed.isEmpty() && backoff.isOver(nowMs)) {
            List<Block> again = List.copyOf(failed);
            failed.clear();
            for (Block block : again) {
                if (block.letters.isEmpty()) {
                    sendLines(block.lines(0, block.records.recordCount()));
                } else {
                    sendLetters(block.letters);
                }
            }
        }
        return failed.isEmpty() && unanswered.isEmpty();
    }

    private void acknowledged(Block block) {
        lastFailure = null;
        backoff.succeeded();
        accepted.add(block.records);
        acknowledged.addAll(block.tallies);
        deadLetters += block.letters.size();
    }

    private void failed(Block block, Throwable failure, long nowMs) {
        if (isRefusal(failure) && block.letters.isEmpty()) {
            divide(block, failure);
            return;
        }
        if (isRefusal(failure) && block.letters.size() > 1) {
            int half = block.letters.size() / 2;
            sendLetters(block.letters.subList(0, half));
            sendLetters(block.letters.subList(half, block.letters.size()));
            return;
        }
        failed.add(block);
        lastFailure = failure;
        backoff.failed(nowMs);
    }

    @Override
    public String obstacle() {
        return Obstacle.of(producer, lastFailure, unanswered.first().map(block -> block.topic));
    }

    /** Whether brokers refuse a record for its content. */
    private static boolean isRefusal(Throwable failure) {
        return failure instanceof ClientException client && client.isForContent();
    }

    /** Sends the lines of a refused block again, without the one for which it was refused if that is known. */
    private void divide(Block block, Throwable failure) {
        int count = block.records.recordCount();
        int refused = count == 1 ? 0 : namedRecord(failure);
        if (refused < 0 || refused >= count) {
            sendLines(block.lines(0, count / 2));
            sendLines(block.lines(count / 2, count));
            return;
        }
        log.warn("record refused, sending it to the dead letters: topic {}, {}", block.topic, failure.getMessage());
        sendLetters(List.of(new DeadLetter(block.lines[refused], "refused by the broker: " + failure.getMessage())));
        sendLines(block.lines(0, refused));
        // The broker may have stopped at this one. Halves keep it from being asked once for each of many.
        int half = refused + 1 + (count - refused - 1) / 2;
        sendLines(block.lines(refused + 1, half));
        sendLines(block.lines(half, count));
    }

    /** The place of the record that brokers named, or -1. */
    private static int namedRecord(Throwable failure) {
        return failure instanceof RecordsRefusedException refused
                        && !refused.indexes().isEmpty()
                ? refused.indexes().get(0)
                : -1;
    }

    /** How many lines are not sent, as the source's configuration has it. */
    public int filtered() {
        return filtered;
    }

    /** What is left of the chunk once all lines are acknowledged. It does not refer to the lines. */
    public AcceptedChunk toAccepted() {
        LineCounts counts = new LineCounts(
                chunk.lines().count() - filtered, chunk.lines().lineBytes() - filteredBytes, deadLetters, filtered);
        return new AcceptedChunk(counts, acknowledged, accepted, wakeUp);
    }

    /** The chunk whose lines these are. */
    public Chunk chunk() {
        return chunk;
    }
}
