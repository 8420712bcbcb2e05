package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Runs a producer against model logs. The network loses requests and answers, and delivers requests long after they have
 * failed; leaders move, and brokers refuse. Whatever happens, a record is in the log at most once, an acknowledged record
 * is at its acknowledged offset, and all records are in the order in which they were sent.
 */
class ProducerModelTest {
    private static final int PARTITIONS = 3;
    private static final int SEEDS = 100;
    private static final int STEPS = 400;

    @Test
    void acknowledgedRecordsAreThereOnceAndInOrder() {
        long first = new Random().nextLong();
        for (long seed = first; seed < first + SEEDS; seed++) {
            new Run(seed).run();
        }
    }

    private record Sent(long value, int partition, CompletableFuture<RecordMetadata> future) {}

    /** One random history. */
    private static final class Run {
        private final long seed;
        private final Random random;
        private final ManualTime time = new ManualTime();
        private final ScriptedNetwork network = new ScriptedNetwork();
        private final List<ModelLog> logs = new ArrayList<>();
        /** Stands in for the topic's limit on the size of a batch. */
        private final int recordsPerBatchMax;

        private final List<Sent> sent = new ArrayList<>();
        private final List<ProduceRequest> delayed = new ArrayList<>();
        private final BatchingProducer producer;

        Run(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            this.recordsPerBatchMax = 1 + random.nextInt(6);
            for (int i = 0; i < PARTITIONS; i++) {
                logs.add(new ModelLog(i));
                network.lead(1 + random.nextInt(2), partition(i));
            }
            ProducerConfig.Builder config = ProducerConfig.builder("broker:1")
                    .lingerMs(random.nextInt(3))
                    .batchBytesMax(100 + random.nextInt(200))
                    .inFlightMax(1 + random.nextInt(5))
                    .blockMsMax(0)
                    .deliveryTimeoutMs(40_000);
            producer = new BatchingProducer(config.build(), network, time, random::nextDouble);
        }

        private static TopicPartition partition(int index) {
            return new TopicPartition("t", index);
        }

        void run() {
            warmUp();
            for (int i = 0; i < STEPS; i++) {
                act();
                producer.step();
            }
            heal();
            check();
        }

        /** The first send fails, since partitions are unknown and it must not wait; the next one finds them. */
        private void warmUp() {
            assertThat(producer.send(ProducerRecord.of("t", null, null))).isCompletedExceptionally();
            for (int i = 0; i < 3; i++) {
                producer.step();
                time.advanceMs(2_000);
            }
        }

        private void act() {
            int dice = random.nextInt(100);
            if (dice < 45) {
                send();
            } else if (dice < 75) {
                answerOldest();
            } else if (dice < 85) {
                time.advanceMs(random.nextInt(50));
            } else if (dice < 90) {
                breakConnection(1 + random.nextInt(2));
            } else if (dice < 95) {
                network.lead(1 + random.nextInt(2), partition(random.nextInt(PARTITIONS)));
            } else if (dice < 98) {
                deliverDelayed();
            } else {
                time.advanceMs(random.nextInt(20_000));
            }
        }

        private void send() {
            int partition = random.nextInt(PARTITIONS);
            long value = sent.size();
            byte[] bytes =
                    ByteBuffer.allocate(8 + random.nextInt(30)).putLong(value).array();
            sent.add(new Sent(
                    value,
                    partition,
                    producer.send(new ProducerRecord(
                            "t", OptionalInt.of(partition), OptionalLong.empty(), null, bytes, List.of()))));
        }

        private void answerOldest() {
            if (network.asked().isEmpty()) {
                return;
            }
            ScriptedNetwork.Asked asked = network.asked().remove(0);
            asked.answer(handle(asked.as(ProduceRequest.class), asked.broker().getPort(), true));
        }

        /** A broker's answer to a request. A faulty broker refuses parts of it. */
        private ProduceResponse handle(ProduceRequest request, int broker, boolean faulty) {
            List<ProduceResponse.Partition> answers = new ArrayList<>();
            for (ProduceRequest.Partition body : request.topics().get(0).partitions()) {
                ModelLog log = logs.get(body.index());
                ByteBuffer bytes = Objects.requireNonNull(body.records()).buffer();
                int dice = faulty ? random.nextInt(100) : 0;
                if (network.leader(partition(body.index())) != broker) {
                    answers.add(log.refused(ErrorCode.NOT_LEADER_OR_FOLLOWER));
                } else if (RecordBatch.at(bytes).recordCount() > recordsPerBatchMax) {
                    answers.add(log.refused(ErrorCode.MESSAGE_TOO_LARGE));
                } else if (dice < 80) {
                    answers.add(log.append(bytes));
                } else if (dice < 85) {
                    answers.add(log.refused(ErrorCode.NOT_ENOUGH_REPLICAS));
                } else if (dice < 90) {
                    log.append(bytes);
                    answers.add(log.refused(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND));
                } else {
                    answers.add(log.refused(ErrorCode.INVALID_RECORD));
                }
            }
            return new ProduceResponse(List.of(new ProduceResponse.Topic("t", answers)), 0);
        }

        /** The broker receives some requests in flight, and the rest perhaps later. The producer gets no answer. */
        private void breakConnection(int broker) {
            List<ScriptedNetwork.Asked> broken = network.asked().stream()
                    .filter(asked -> asked.broker().getPort() == broker)
                    .toList();
            network.asked().removeAll(broken);
            int received = broken.isEmpty() ? 0 : random.nextInt(broken.size() + 1);
            boolean later = random.nextBoolean();
            for (int i = 0; i < broken.size(); i++) {
                ProduceRequest request = copy(broken.get(i).as(ProduceRequest.class));
                if (i < received) {
                    handle(request, broker, true);
                } else if (later) {
                    delayed.add(request);
                }
            }
            broken.forEach(asked ->
                    asked.fail(random.nextBoolean() ? ErrorCode.NETWORK_EXCEPTION : ErrorCode.REQUEST_TIMED_OUT));
        }

        /** A copy of a request, since the producer may change the batch later. */
        private static ProduceRequest copy(ProduceRequest request) {
            List<ProduceRequest.Partition> partitions = new ArrayList<>();
            for (ProduceRequest.Partition body : request.topics().get(0).partitions()) {
                ByteBuffer bytes = Objects.requireNonNull(body.records()).buffer();
                ByteBuffer copied =
                        ByteBuffer.allocate(bytes.remaining()).put(bytes).flip();
                partitions.add(new ProduceRequest.Partition(body.index(), RecordsPayload.of(copied)));
            }
            return new ProduceRequest(
                    null, request.acks(), request.timeoutMs(), List.of(new ProduceRequest.Topic("t", partitions)));
        }

        private void deliverDelayed() {
            if (!delayed.isEmpty()) {
                handle(delayed.remove(random.nextInt(delayed.size())), 1 + random.nextInt(2), true);
            }
        }

        private void heal() {
            for (int i = 0;
                    i < 5_000
                            && !sent.stream().allMatch(record -> record.future().isDone());
                    i++) {
                while (!network.asked().isEmpty()) {
                    ScriptedNetwork.Asked asked = network.asked().remove(0);
                    asked.answer(handle(
                            asked.as(ProduceRequest.class), asked.broker().getPort(), false));
                }
                time.advanceMs(20);
                producer.step();
            }
            while (!delayed.isEmpty()) {
                deliverDelayed();
            }
        }

        private void check() {
            for (ModelLog log : logs) {
                assertThat(log.values())
                        .as("seed %d", seed)
                        .doesNotHaveDuplicates()
                        .isSorted();
            }
            Map<ErrorCode, Integer> failures = new HashMap<>();
            for (Sent record : sent) {
                assertThat(record.future()).as("seed %d", seed).isDone();
                if (record.future().isCompletedExceptionally()) {
                    failures.merge(
                            Retry.errorOf(Objects.requireNonNull(
                                    record.future().handle((ok, e) -> e).join())),
                            1,
                            Integer::sum);
                    continue;
                }
                RecordMetadata metadata = record.future().join();
                assertThat(metadata.topicPartition()).isEqualTo(partition(record.partition()));
                if (metadata.offset().isPresent()) {
                    assertThat(logs.get(record.partition()).values().get((int)
                                    metadata.offset().getAsLong()))
                            .as("seed %d", seed)
                            .isEqualTo(record.value());
                } else {
                    assertThat(logs.get(record.partition()).values())
                            .as("seed %d", seed)
                            .contains(record.value());
                }
            }
            assertThat(failures.keySet())
                    .as("seed %d", seed)
                    .isSubsetOf(
                            ErrorCode.INVALID_RECORD,
                            ErrorCode.REQUEST_TIMED_OUT,
                            ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        }
    }
}
