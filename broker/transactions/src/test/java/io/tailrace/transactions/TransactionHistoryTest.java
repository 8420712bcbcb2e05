package io.tailrace.transactions;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.codec.TransactionRecords;
import io.tailrace.shard.StoredRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random histories of one transactional id: producers of both versions that take over from each other, requests that are lost, late
 * and repeated, failovers, timeouts, and epochs that are used up.
 */
class TransactionHistoryTest {
    private static final int HISTORIES = Integer.getInteger("seeds", 500);
    private static final int STEPS = 150;

    @Test
    void rulesHoldInRandomHistories() {
        long first = Long.getLong("seed", System.nanoTime());
        int committed = 0;
        for (long seed = first; seed < first + HISTORIES; seed++) {
            try {
                History history = new History(seed);
                history.run();
                committed += history.committed;
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dseed=" + seed + " -Dseeds=1", e);
            }
        }
        assertThat(committed).as("transactions committed").isGreaterThan(HISTORIES);
    }

    private enum Kind {
        INIT,
        ADD,
        END
    }

    /** A request. */
    private record Sent(
            Kind kind, ProducerIdentity caller, short version, boolean commit, Set<TopicPartition> partitions) {}

    /** A producer's process. */
    private static final class Client {
        final short version;
        ProducerIdentity producer = ProducerIdentity.NONE;
        /** Not answered yet. */
        @Nullable
        Sent pending;

        Client(short version) {
            this.version = version;
        }
    }

    /** A transaction that ends. */
    private record Ending(boolean commit, Set<TopicPartition> partitions, Set<TopicPartition> written) {}

    /** A history, and what it knows of the past to judge what happens. */
    private static final class History {
        private static final int PARTITIONS = 4;

        private final Random random;
        private final TransactionHarness harness = new TransactionHarness();
        private final List<Client> clients = new ArrayList<>();
        private final List<Sent> sent = new ArrayList<>();
        private final List<MarkersWritten> reports = new ArrayList<>();

        private final Set<ProducerIdentity> given = new HashSet<>();
        /** Another producer took over, or the transaction took too long. */
        private final Set<ProducerIdentity> fenced = new HashSet<>();
        /** The same producer got a new epoch. */
        private final Set<ProducerIdentity> superseded = new HashSet<>();

        /** The partitions whose addition was answered, since the last transaction ended. */
        private final Set<TopicPartition> added = new TreeSet<>();

        private @Nullable Ending ending;
        private @Nullable Transaction last;
        private int active;
        private int read;
        private int committed;

        History(long seed) {
            random = new Random(seed);
            ProducerIdentity start = new ProducerIdentity(5, (short) (Short.MAX_VALUE - random.nextInt(8)));
            harness.store(Transaction.started(start, TransactionHarness.TIMEOUT_MS, harness.nowMs()));
            for (int i = 0; i < 3; i++) {
                clients.add(new Client((short) (1 + random.nextInt(2))));
            }
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                readLog();
                if (i % 10 == 0) {
                    assertThat(harness.replica().transactions().newest())
                            .isEqualTo(harness.shard().transactions().newest());
                }
            }
            writeAllMarkers();
            assertThat(harness.state().state().isPrepare()).isFalse();
        }

        private void step() {
            switch (random.nextInt(20)) {
                case 0 -> harness.failOver();
                case 1 -> waitFor(random.nextInt(random.nextInt(3) == 0 ? 2 * TransactionHarness.TIMEOUT_MS : 2_000));
                case 2, 3 -> {
                    if (!sent.isEmpty()) {
                        submit(sent.get(random.nextInt(sent.size())));
                    }
                }
                case 4, 5, 6, 7, 8 -> writeSomeMarkers();
                default -> {
                    active = random.nextInt(40) == 0 ? random.nextInt(clients.size()) : active;
                    play(clients.get(active));
                }
            }
        }

        private void waitFor(long ms) {
            int size = harness.log().size();
            harness.advance(ms);
            if (harness.log().size() > size) {
                fenced.addAll(given);
            }
        }

        private void play(Client client) {
            Sent request = client.pending;
            if (request == null || random.nextInt(20) == 0) {
                request = next(client);
            }
            client.pending = request;
            sent.add(request);
            if (random.nextInt(8) == 0) {
                return;
            }
            ProducerAnswer answer = submit(request);
            if (random.nextInt(6) > 0) {
                answered(client, request, answer);
            }
        }

        private Sent next(Client client) {
            boolean starts = client.producer.equals(ProducerIdentity.NONE) || random.nextInt(40) == 0;
            int choice = starts ? 0 : random.nextInt(10);
            Kind kind = choice == 0 ? Kind.INIT : choice < 6 ? Kind.ADD : Kind.END;
            Set<TopicPartition> partitions = IntStream.range(0, PARTITIONS)
                    .filter(each -> random.nextInt(3) == 0)
                    .mapToObj(each -> new TopicPartition("t", each))
                    .collect(Collectors.toSet());
            ProducerIdentity caller = starts ? ProducerIdentity.NONE : client.producer;
            return new Sent(kind, caller, client.version, random.nextInt(4) > 0, partitions);
        }

        private static void answered(Client client, Sent request, ProducerAnswer answer) {
            if (answer.error() == ErrorCode.CONCURRENT_TRANSACTIONS) {
                return;
            }
            client.pending = null;
            boolean getsProducer = request.kind == Kind.INIT || request.kind == Kind.END;
            if (answer.error() == ErrorCode.NONE && getsProducer) {
                client.producer = answer.producer();
            } else if (answer.error() != ErrorCode.NONE && answer.error() != ErrorCode.INVALID_TXN_STATE) {
                client.producer = ProducerIdentity.NONE;
            }
        }

        private ProducerAnswer submit(Sent request) {
            int size = harness.log().size();
            ProducerAnswer answer =
                    switch (request.kind) {
                        case INIT -> harness.init(request.caller);
                        case END -> harness.end(request.caller, request.commit, request.version);
                        case ADD -> {
                            TopicPartition[] partitions = request.partitions.toArray(TopicPartition[]::new);
                            ErrorCode error = harness.add(request.caller, request.version, partitions);
                            yield new ProducerAnswer(error, request.caller, false);
                        }
                    };
            judge(request, answer, harness.log().size() > size);
            return answer;
        }

        private void judge(Sent request, ProducerAnswer answer, boolean changed) {
            boolean succeeded = answer.error() == ErrorCode.NONE;
            if (succeeded) {
                assertThat(fenced).as("fenced, but not refused: %s", request).doesNotContain(request.caller);
                assertThat(fenced).as("fenced, but given again").doesNotContain(answer.producer());
            }
            switch (request.kind) {
                case ADD -> {
                    if (succeeded) {
                        assertThat(superseded).as("late %s", request).doesNotContain(request.caller);
                        added.addAll(request.partitions);
                    }
                }
                case INIT -> judgeInit(request, answer, changed);
                case END -> {
                    if (succeeded && request.version == 2) {
                        superseded.add(request.caller);
                        given.add(answer.producer());
                    }
                }
            }
        }

        private void judgeInit(Sent request, ProducerAnswer answer, boolean changed) {
            boolean isNew = request.caller.equals(ProducerIdentity.NONE);
            boolean succeeded = answer.error() == ErrorCode.NONE;
            if (isNew && changed) {
                fenced.addAll(given);
            } else if (!isNew && (changed || succeeded)) {
                superseded.add(request.caller);
            }
            if (succeeded) {
                given.add(answer.producer());
            }
        }

        private void writeSomeMarkers() {
            for (OwedMarker owed : harness.owed()) {
                write(
                        owed,
                        owed.partitions().stream()
                                .filter(each -> random.nextInt(3) > 0)
                                .collect(Collectors.toSet()));
            }
            if (!reports.isEmpty() && random.nextInt(3) == 0) {
                assertThat(harness.call(reports.get(random.nextInt(reports.size()))))
                        .isEqualTo(ErrorCode.NONE);
            }
        }

        private void writeAllMarkers() {
            harness.owed().forEach(owed -> write(owed, owed.partitions()));
            readLog();
        }

        /** A marker is written, but its report may be lost or late. */
        private void write(OwedMarker owed, Set<TopicPartition> partitions) {
            readLog();
            Ending end = Objects.requireNonNull(ending);
            assertThat(owed.commit()).isEqualTo(end.commit);
            assertThat(end.partitions).containsAll(partitions);
            end.written.addAll(partitions);
            MarkersWritten report = new MarkersWritten(TransactionHarness.ID, owed.endOffset(), partitions);
            reports.add(report);
            if (random.nextInt(4) > 0 || partitions.equals(owed.partitions())) {
                assertThat(harness.call(report)).isEqualTo(ErrorCode.NONE);
            }
        }

        private void readLog() {
            for (; read < harness.log().size(); read++) {
                StoredRecord record = harness.log().get(read);
                Transaction next =
                        StoredTransaction.read(TransactionRecords.decodeValue(Objects.requireNonNull(record.value())));
                if (last != null && last.state().isPrepare()) {
                    judgeCompletion(last, next);
                }
                if (next.state().isPrepare()) {
                    assertThat(next.partitions()).isEqualTo(added);
                    ending = new Ending(next.state().isCommit(), new TreeSet<>(added), new TreeSet<>());
                    added.clear();
                }
                last = next;
            }
        }

        private void judgeCompletion(Transaction prepared, Transaction next) {
            Ending end = Objects.requireNonNull(ending);
            assertThat(next.state())
                    .isEqualTo(TransactionState.complete(prepared.state().isCommit()));
            assertThat(next.producer()).isEqualTo(prepared.producers().next());
            assertThat(end.written).as("markers").isEqualTo(end.partitions);
            committed += end.commit ? 1 : 0;
        }
    }
}
