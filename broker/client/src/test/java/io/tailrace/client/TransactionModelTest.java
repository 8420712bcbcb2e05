package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ScriptedNetwork.Asked;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.EndTxnRequest;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.InitProducerIdRequest;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import io.tailrace.protocol.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Runs a transactional producer against a model of its coordinator and partitions. The network loses requests and answers, and delivers
 * requests long after they have failed; leaders and the coordinator move, brokers refuse, and the producer is fenced. Whatever happens, a
 * transaction is committed with all of its records, each once and in order, or without any; without any if the producer says so, and with
 * all if it says that.
 */
class TransactionModelTest {
    private static final int PARTITIONS = 3;
    private static final int SEEDS = Integer.getInteger("seeds", 200);
    private static final int STEPS = 600;

    @Test
    void transactionIsCommittedWithAllItsRecordsOrNone() {
        long first = Long.getLong("seed", new Random().nextLong());
        int committed = 0;
        int undecided = 0;
        for (long seed = first; seed < first + SEEDS; seed++) {
            Run run = new Run(seed);
            run.run();
            committed += run.committedCount;
            undecided += run.undecidedCount;
        }
        assertThat(committed).as("transactions that were committed").isGreaterThan(SEEDS);
        assertThat(undecided)
                .as("transactions of which the producer does not know the end")
                .isPositive();
    }

    private enum End {
        OPEN,
        COMMITTED,
        ABORTED,
        UNKNOWN
    }

    /** A transaction of the history: its values by partition, without those whose refusal was accepted. */
    private static final class Transaction {
        private final List<List<Long>> values = new ArrayList<>();
        private End end = End.OPEN;

        Transaction() {
            for (int i = 0; i < PARTITIONS; i++) {
                values.add(new ArrayList<>());
            }
        }
    }

    /** One random history. */
    private static final class Run {
        private final long seed;
        private final Random random;
        private final ManualTime time = new ManualTime();
        private final ScriptedNetwork network = new ScriptedNetwork();
        private final ModelTransactions model = new ModelTransactions(PARTITIONS);
        private final List<Transaction> transactions = new ArrayList<>();
        private final List<Request<?>> delayed = new ArrayList<>();
        private final BatchingProducer batching;
        private final TransactionalProducer producer;
        private @Nullable Transaction current;
        private @Nullable CompletableFuture<Void> ending;
        private boolean isCommitting;
        private boolean hasId;
        private int coordinator = 1;
        private long nextValue;
        private int committedCount;
        private int undecidedCount;
        private boolean healed;

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            for (int i = 0; i < PARTITIONS; i++) {
                network.lead(1 + random.nextInt(2), partition(i));
            }
            ProducerConfig.Builder config = ProducerConfig.builder("broker:1")
                    .transactionalId("id")
                    .lingerMs(random.nextInt(3))
                    .batchBytesMax(100 + random.nextInt(200))
                    .inFlightMax(1 + random.nextInt(5))
                    .blockMsMax(0)
                    .deliveryTimeoutMs(40_000);
            batching = new BatchingProducer(config.build(), network, time, random::nextDouble);
            producer = new TransactedProducer(batching);
        }

        private static TopicPartition partition(int index) {
            return new TopicPartition("t", index);
        }

        void run() {
            assertThat(producer.send(ProducerRecord.of("t", null, null))).isCompletedExceptionally();
            for (int i = 0; i < 3; i++) {
                batching.step();
                time.advanceMs(2_000);
            }
            for (int i = 0; i < STEPS; i++) {
                act();
                batching.step();
                learnEnd();
            }
            heal();
            check();
        }

        private void act() {
            int dice = random.nextInt(1000);
            if (dice < 450) {
                use();
            } else if (dice < 800) {
                answerOldest();
            } else if (dice < 900) {
                time.advanceMs(random.nextInt(50));
            } else if (dice < 930) {
                breakConnection(1 + random.nextInt(2));
            } else if (dice < 950) {
                network.lead(1 + random.nextInt(2), partition(random.nextInt(PARTITIONS)));
                coordinator = 1 + random.nextInt(2);
            } else if (dice < 985) {
                deliverDelayed();
            } else if (dice < 990) {
                time.advanceMs(random.nextInt(50_000));
            } else if (dice < 993) {
                model.fence();
            }
        }

        private void use() {
            if (ending != null) {
                return;
            }
            if (!hasId) {
                ending = producer.initTransactions();
            } else if (current == null) {
                current = new Transaction();
                transactions.add(current);
                producer.begin();
            } else if (random.nextInt(100) < 80) {
                send(current);
            } else {
                isCommitting = random.nextInt(100) < 80;
                ending = isCommitting ? producer.commit() : producer.abort();
            }
        }

        private void send(Transaction transaction) {
            int partition = random.nextInt(PARTITIONS);
            long value = nextValue++;
            byte[] bytes =
                    ByteBuffer.allocate(8 + random.nextInt(30)).putLong(value).array();
            transaction.values.get(partition).add(value);
            CompletableFuture<?> unused = producer.send(new ProducerRecord(
                            "t", OptionalInt.of(partition), OptionalLong.empty(), null, bytes, List.of()))
                    .whenComplete((done, failure) -> {
                        if (failure != null
                                && Retry.unwrapped(failure) instanceof RecordsRefusedException refusal
                                && refusal.errorCode() == ErrorCode.INVALID_RECORD) {
                            producer.acceptRefusal(refusal);
                            transaction.values.get(partition).remove(value);
                        }
                    });
        }

        private void learnEnd() {
            CompletableFuture<Void> end = ending;
            if (end == null || !end.isDone()) {
                return;
            }
            ending = null;
            if (!hasId) {
                hasId = !end.isCompletedExceptionally();
                return;
            }
            Transaction ended = Objects.requireNonNull(current);
            if (!end.isCompletedExceptionally()) {
                ended.end = isCommitting ? End.COMMITTED : End.ABORTED;
                current = null;
            } else {
                afterFailure(
                        ended,
                        Retry.errorOf(Objects.requireNonNull(
                                end.handle((done, failure) -> failure).join())));
            }
        }

        private void afterFailure(Transaction failed, ErrorCode error) {
            switch (error) {
                case PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_TXN_STATE -> {
                    failed.end = End.UNKNOWN;
                    undecidedCount++;
                    current = null;
                    hasId = false;
                }
                default -> {
                    try {
                        isCommitting = false;
                        ending = producer.abort();
                    } catch (IllegalStateException undecided) {
                        isCommitting = true;
                        ending = producer.commit();
                    }
                }
            }
        }

        private void answerOldest() {
            if (!network.asked().isEmpty()) {
                Asked asked = network.asked().remove(0);
                asked.answer(handle(asked.request(), asked.broker().getPort()));
            }
        }

        private Response handle(Request<?> request, int broker) {
            if (request instanceof ProduceRequest produce) {
                return produce(produce, broker);
            }
            if (request instanceof FindCoordinatorRequest) {
                return new FindCoordinatorResponse(
                        0,
                        ErrorCode.NONE,
                        null,
                        -1,
                        "",
                        -1,
                        List.of(new FindCoordinatorResponse.Coordinator(
                                "id", coordinator, "broker", coordinator, ErrorCode.NONE, null)));
            }
            if (request instanceof ApiVersionsRequest) {
                return new ApiVersionsResponse(
                        ErrorCode.NONE,
                        List.of(),
                        0,
                        List.of(),
                        1,
                        List.of(new ApiVersionsResponse.FinalizedFeature("transaction.version", (short) 2, (short) 0)),
                        false);
            }
            return request instanceof InitProducerIdRequest ? model.init() : model.end((EndTxnRequest) request);
        }

        private ProduceResponse produce(ProduceRequest request, int broker) {
            List<ProduceResponse.Partition> answers = new ArrayList<>();
            for (ProduceRequest.Partition body : request.topics().get(0).partitions()) {
                int index = body.index();
                ByteBuffer bytes = Objects.requireNonNull(body.records()).buffer();
                int dice = healed ? 0 : random.nextInt(100);
                if (network.leader(partition(index)) != broker) {
                    answers.add(refused(index, ErrorCode.NOT_LEADER_OR_FOLLOWER));
                } else if (RecordBatch.at(bytes).recordCount() > 3) {
                    answers.add(refused(index, ErrorCode.MESSAGE_TOO_LARGE));
                } else if (dice < 85) {
                    answers.add(model.append(index, bytes));
                } else if (dice < 88) {
                    answers.add(refused(index, ErrorCode.CONCURRENT_TRANSACTIONS));
                } else if (dice < 92) {
                    model.append(index, bytes);
                    answers.add(refused(index, ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
                } else {
                    answers.add(refused(index, ErrorCode.INVALID_RECORD));
                }
            }
            return new ProduceResponse(List.of(new ProduceResponse.Topic("t", answers)), 0);
        }

        private static ProduceResponse.Partition refused(int partition, ErrorCode error) {
            return ProduceResponse.Partition.refused(partition, error, null);
        }

        /** The broker receives some requests in flight, and the rest perhaps later. The producer gets no answer. */
        private void breakConnection(int broker) {
            List<Asked> broken = network.asked().stream()
                    .filter(asked -> asked.broker().getPort() == broker)
                    .toList();
            network.asked().removeAll(broken);
            int received = broken.isEmpty() ? 0 : random.nextInt(broken.size() + 1);
            boolean later = random.nextBoolean();
            for (int i = 0; i < broken.size(); i++) {
                Request<?> request = copy(broken.get(i).request());
                if (i < received) {
                    handle(request, broker);
                } else if (later && !(request instanceof InitProducerIdRequest)) {
                    // A late InitProducerId fences the producer, which is tried anyway.
                    delayed.add(request);
                }
            }
            broken.forEach(asked ->
                    asked.fail(random.nextBoolean() ? ErrorCode.NETWORK_EXCEPTION : ErrorCode.REQUEST_TIMED_OUT));
        }

        /** A copy of a request, since the producer may change the batch later. */
        private static Request<?> copy(Request<?> request) {
            if (!(request instanceof ProduceRequest produce)) {
                return request;
            }
            List<ProduceRequest.Partition> partitions = new ArrayList<>();
            for (ProduceRequest.Partition body : produce.topics().get(0).partitions()) {
                ByteBuffer bytes = Objects.requireNonNull(body.records()).buffer();
                ByteBuffer copied =
                        ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                partitions.add(new ProduceRequest.Partition(body.index(), RecordsPayload.of(copied)));
            }
            return new ProduceRequest(
                    produce.transactionalId(),
                    produce.acks(),
                    produce.timeoutMs(),
                    List.of(new ProduceRequest.Topic("t", partitions)));
        }

        private void deliverDelayed() {
            if (!delayed.isEmpty()) {
                handle(delayed.remove(random.nextInt(delayed.size())), 1 + random.nextInt(2));
            }
        }

        /** Ends the last transaction without faults. */
        private void heal() {
            healed = true;
            for (int i = 0; i < 5_000 && (ending != null || current != null); i++) {
                if (ending == null && current != null) {
                    isCommitting = true;
                    ending = producer.commit();
                }
                while (!network.asked().isEmpty()) {
                    answerOldest();
                }
                time.advanceMs(20);
                batching.step();
                learnEnd();
            }
            assertThat(ending).as("seed %d: what is still in progress", seed).isNull();
            while (!delayed.isEmpty()) {
                deliverDelayed();
            }
        }

        private void check() {
            Set<Long> seen = new HashSet<>();
            for (int i = 0; i < PARTITIONS; i++) {
                assertThat(model.committed(i))
                        .as("seed %d", seed)
                        .doesNotHaveDuplicates()
                        .isSorted();
                seen.addAll(model.committed(i));
            }
            for (Transaction transaction : transactions) {
                List<Long> sent =
                        transaction.values.stream().flatMap(List::stream).toList();
                boolean isCommitted = transaction.end == End.COMMITTED
                        || (transaction.end == End.UNKNOWN && sent.stream().anyMatch(seen::contains));
                if (isCommitted) {
                    committedCount++;
                    assertThat(seen).as("seed %d, %s", seed, transaction.end).containsAll(sent);
                } else {
                    assertThat(Collections.disjoint(seen, sent))
                            .as("seed %d, %s: no record is visible", seed, transaction.end)
                            .isTrue();
                }
            }
        }
    }
}
