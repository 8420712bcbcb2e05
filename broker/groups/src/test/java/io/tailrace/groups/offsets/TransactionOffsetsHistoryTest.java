package io.tailrace.groups.offsets;

import static io.tailrace.groups.offsets.TransactionRequests.results;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.offsets.TestShard.Entry;
import io.tailrace.protocol.codec.GroupRecords;
import io.tailrace.protocol.codec.MalformedMessageException;
import io.tailrace.protocol.group.OffsetCommitKey;
import io.tailrace.protocol.group.OffsetCommitValue;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.shard.TransactionPart;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random histories of commits in and outside transactions, markers and deletions. After each step, the shard, one that loads the log,
 * and one that loads the log after a compaction show what the log says: the last record of a partition counts, without those of aborted
 * and open transactions.
 */
class TransactionOffsetsHistoryTest {
    private static final int HISTORIES = Integer.getInteger("seeds", 100);
    private static final int STEPS = 60;
    private static final List<String> GROUPS = List.of("g", "h");
    private static final int PARTITIONS = 2;
    private static final int PRODUCERS = 3;

    @Test
    void offsetsFollowFromTheLog() {
        long first = Long.getLong("seed", System.nanoTime());
        int unstable = 0;
        for (long seed = first; seed < first + HISTORIES; seed++) {
            try {
                History history = new History(seed);
                history.run();
                unstable += history.unstable;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dseed=" + seed + " -Dseeds=1", e);
            }
        }
        assertThat(unstable).as("answers with an undecided offset").isGreaterThan(HISTORIES);
    }

    private static final class History {
        private final Random random;
        private final TestShard shard = new TestShard().topic("web", PARTITIONS);
        private long nextValue = 1;
        private long committedEnd;
        private int unstable;

        History(long seed) {
            random = new Random(seed);
        }

        void run() {
            shard.reload();
            shard.stopCommitting();
            for (int i = 0; i < STEPS; i++) {
                step();
                check(shard.state(), committedEnd);
                long end = shard.entries().size();
                check(shard.load(shard.entries()), end);
                check(shard.load(compacted()), end);
            }
        }

        private void step() {
            String group = GROUPS.get(random.nextInt(GROUPS.size()));
            int partition = random.nextInt(PARTITIONS);
            long producer = random.nextInt(PRODUCERS);
            switch (random.nextInt(12)) {
                case 0, 1 -> shard.run(OffsetRequests.commit(group, "web", partition, nextValue++));
                case 2 -> shard.run(deletion(group, partition));
                case 3 -> {
                    if (random.nextInt(3) == 0) {
                        shard.run(new DeleteGroup(group));
                    }
                }
                case 4, 5 -> shard.run(TransactionRequests.end(producer, random.nextInt(3) > 0));
                case 6 -> {
                    shard.reload();
                    committedEnd = shard.entries().size();
                }
                case 7, 8 -> {
                    committedEnd += random.nextInt((int) (shard.entries().size() - committedEnd + 1));
                    shard.commitTo(committedEnd);
                }
                default -> shard.run(TransactionRequests.commit(producer, group, "web", partition, nextValue++));
            }
        }

        private static DeleteOffsets deletion(String group, int partition) {
            OffsetDeleteRequest.Topic topic =
                    new OffsetDeleteRequest.Topic("web", List.of(new OffsetDeleteRequest.Partition(partition)));
            return new DeleteOffsets(new OffsetDeleteRequest(group, List.of(topic)));
        }

        private void check(GroupsShard state, long end) {
            List<Entry> log = shard.entries();
            for (String group : GROUPS) {
                Map<String, String> committed = new TreeMap<>(visible(log, end, group));
                assertThat(results(OffsetRequests.fetchAll(group).answer(state, 0)))
                        .as("%s at %d", group, end)
                        .isEqualTo(committed);
                Set<String> undecided = undecided(log, end, group);
                // A question also waits for what is not committed yet.
                undecided.addAll(undecided(log, log.size(), group));
                undecided.forEach(partition -> committed.put(partition, "UNSTABLE_OFFSET_COMMIT"));
                assertThat(results(TransactionRequests.fetchStable(group).answer(state, 0)))
                        .as("stable offsets of %s at %d", group, end)
                        .isEqualTo(committed);
                unstable += undecided.size();
            }
        }

        /** Some of the log below its last stable offset, as compaction may leave it. */
        private List<Entry> compacted() {
            List<Entry> log = shard.entries();
            int limit = random.nextInt((int) firstUndecided(log) + 1);
            Map<OffsetCommitKey, Long> last = new HashMap<>();
            for (Entry entry : log.subList(0, limit)) {
                if (entry.record() != null && isCommitted(entry, log, log.size())) {
                    last.put(key(entry), entry.offset());
                }
            }
            return log.stream()
                    .filter(entry -> entry.offset() >= limit
                            || entry.record() == null
                            || last.getOrDefault(key(entry), -1L) == entry.offset())
                    .filter(entry -> entry.offset() >= limit || !isTombstone(entry) || random.nextBoolean())
                    .toList();
        }
    }

    private static long firstUndecided(List<Entry> log) {
        return log.stream()
                .filter(entry -> producer(entry).isPresent()
                        && end(entry, log, log.size()).isEmpty())
                .mapToLong(Entry::offset)
                .findFirst()
                .orElse(log.size());
    }

    /** What readers of committed records find below an offset. */
    private static Map<String, String> visible(List<Entry> log, long end, String group) {
        Map<String, String> offsets = new TreeMap<>();
        for (Entry entry : log.subList(0, (int) end)) {
            if (entry.record() == null || !key(entry).group().equals(group) || !isCommitted(entry, log, end)) {
                continue;
            }
            String partition = "web-" + key(entry).partition();
            if (isTombstone(entry)) {
                offsets.remove(partition);
            } else {
                offsets.put(partition, Long.toString(value(entry).offset()));
            }
        }
        return offsets;
    }

    /** The partitions with an offset in an open transaction that has not been deleted since. */
    private static Set<String> undecided(List<Entry> log, long end, String group) {
        Set<String> partitions = new HashSet<>();
        for (Entry entry : log.subList(0, (int) end)) {
            if (entry.record() == null || !key(entry).group().equals(group)) {
                continue;
            }
            String partition = "web-" + key(entry).partition();
            if (isTombstone(entry)) {
                partitions.remove(partition);
            } else if (producer(entry).isPresent() && end(entry, log, end).isEmpty()) {
                partitions.add(partition);
            }
        }
        return partitions;
    }

    private static boolean isCommitted(Entry entry, List<Entry> log, long end) {
        return producer(entry).isEmpty()
                || end(entry, log, end)
                        .filter(found -> found.marker().isCommit())
                        .isPresent();
    }

    /** The end of the transaction of a record. */
    private static Optional<TransactionPart.End> end(Entry record, List<Entry> log, long end) {
        List<TransactionPart.End> ends = new ArrayList<>();
        for (Entry entry : log.subList((int) record.offset() + 1, (int) end)) {
            if (entry.transaction() instanceof TransactionPart.End found
                    && producer(record).equals(Optional.of(found.marker().producerId()))) {
                ends.add(found);
            }
        }
        return ends.stream().findFirst();
    }

    private static Optional<Long> producer(Entry entry) {
        return entry.transaction() instanceof TransactionPart.Records part
                ? Optional.of(part.producerId())
                : Optional.empty();
    }

    private static boolean isTombstone(Entry entry) {
        return entry.record() != null && entry.record().value() == null;
    }

    private static OffsetCommitKey key(Entry entry) {
        try {
            ByteBuffer key = Optional.ofNullable(entry.record()).orElseThrow().key();
            return (OffsetCommitKey) GroupRecords.decodeKey(key).orElseThrow();
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OffsetCommitValue value(Entry entry) {
        try {
            ByteBuffer value = Optional.ofNullable(entry.record())
                    .flatMap(record -> Optional.ofNullable(record.value()))
                    .orElseThrow();
            return (OffsetCommitValue) GroupRecords.decodeValue(key(entry), value);
        } catch (MalformedMessageException e) {
            throw new IllegalStateException(e);
        }
    }
}
