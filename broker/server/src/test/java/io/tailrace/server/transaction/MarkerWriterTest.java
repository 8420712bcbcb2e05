package io.tailrace.server.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.WriteTxnMarkersRequest;
import io.tailrace.protocol.message.WriteTxnMarkersResponse;
import io.tailrace.replication.Event;
import io.tailrace.replication.cluster.Incarnation;
import io.tailrace.replication.cluster.PartitionAssignment;
import io.tailrace.replication.cluster.PartitionState;
import io.tailrace.server.partition.Clocks;
import io.tailrace.server.partition.TwoReplicas;
import io.tailrace.server.shard.ShardHosts;
import io.tailrace.server.shard.ShardKind;
import io.tailrace.server.shard.ShardThreads;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Query;
import io.tailrace.transactions.AddPartitions;
import io.tailrace.transactions.DescribeTransaction;
import io.tailrace.transactions.EndTransaction;
import io.tailrace.transactions.InitProducer;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.ProducerIdentity;
import io.tailrace.transactions.TransactionSettings;
import io.tailrace.transactions.TransactionsShard;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer beside a real shard, which is the only replica. The test plays the brokers that get the markers. */
class MarkerWriterTest {
    private static final short VERSION = 2;
    private static final int TIMEOUT_MS = 60_000;
    /** Each is led by the broker with its index. */
    private static final Set<TopicPartition> PARTITIONS =
            Set.of(new TopicPartition("a", 1), new TopicPartition("a", 2));

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final List<Integer> brokersAsked = new CopyOnWriteArrayList<>();
    private final AtomicInteger markersSent = new AtomicInteger();
    private final AtomicLong nextProducerId = new AtomicLong(7);
    private final ShardThreads threads =
            new ShardThreads(2, TIMEOUT_MS, partition -> Optional.empty(), Clocks.system(), failures::add);
    private final ShardHosts<TransactionsShard> hosts = new ShardHosts<>(new Kind(), threads::runtime);
    private final MarkerWriter writer =
            new MarkerWriter(hosts, this::send, new Leaders(), Clocks.system().steadyMs(), failures::add);
    private volatile Function<WriteTxnMarkersRequest, CompletableFuture<WriteTxnMarkersResponse>> brokers =
            request -> CompletableFuture.completedFuture(written(request));
    private TwoReplicas replicas;

    private final class Kind implements ShardKind<TransactionsShard> {
        @Override
        public String topic() {
            return TwoReplicas.TOPIC;
        }

        @Override
        public TransactionsShard create() {
            return new TransactionsShard(TransactionSettings.defaults());
        }

        @Override
        public void refresh(TransactionsShard state) {}

        @Override
        public void committed(int partition) {
            writer.shardChanged(partition);
        }
    }

    private static final class Leaders implements MarkerPlan.Leaders {
        @Override
        public int leader(TopicPartition partition) {
            return partition.partition();
        }

        @Override
        public boolean isAbsent(TopicPartition partition) {
            return false;
        }
    }

    @BeforeEach
    void lead(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory, Map.of("min.insync.replicas", "1"), 0, Runnable::run);
        replicas.onRoleChange(() -> hosts.leadershipChanged(
                replicas.partition(), replicas.partition().replica()));
        List<Incarnation> alone = List.of(new Incarnation(1, TwoReplicas.SELF_EPOCH));
        PartitionState state = new PartitionState(1, TwoReplicas.LEADER_EPOCH + 1, alone, List.of(), 1, 1, 100);
        replicas.handle(new Event.StateRead(PartitionAssignment.of(List.of(1)), state));
        await().until(() -> describe("none").error() != ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @AfterEach
    void stop() throws Exception {
        writer.close();
        threads.close();
        replicas.close();
    }

    @Test
    void anEndSendsAMarkerToEachLeaderAndIsCompleted() {
        end("payments");

        awaitComplete("payments");
        assertThat(brokersAsked).containsExactlyInAnyOrder(1, 2);
        assertThat(failures).isEmpty();
    }

    @Test
    void anAnswerOfAnotherThreadCompletesTheEnd() {
        brokers = request -> CompletableFuture.supplyAsync(() -> written(request));

        end("payments");

        awaitComplete("payments");
        assertThat(brokersAsked).containsExactlyInAnyOrder(1, 2);
    }

    @Test
    void whatHappensDuringAPassIsSeenByALaterOne() {
        brokers = request -> {
            writer.shardChanged(0);
            return CompletableFuture.supplyAsync(() -> written(request));
        };

        for (int i = 0; i < 20; i++) {
            end("payments-" + i);
        }

        for (int i = 0; i < 20; i++) {
            awaitComplete("payments-" + i);
        }
        assertThat(markersSent).hasValue(40);
    }

    @Test
    void aPassThatFailsIsReportedThoughItsCallerKeepsFailuresToItself() {
        RuntimeException failure = new IllegalStateException("scripted");
        brokers = request -> {
            throw failure;
        };

        end("payments");

        await().until(() -> !failures.isEmpty());
        assertThat(failures).containsExactly(failure);
    }

    @Test
    void nothingIsSentOnceTheWriterIsClosed() {
        writer.close();

        end("payments");

        assertThat(describe("payments").state()).isEqualTo("PrepareCommit");
        // The shard's thread, which would have made the pass, has answered the question after it.
        assertThat(brokersAsked).isEmpty();
    }

    private CompletableFuture<WriteTxnMarkersResponse> send(MarkerPlan.Lane lane, WriteTxnMarkersRequest request) {
        brokersAsked.add(lane.broker());
        markersSent.addAndGet(request.markers().size());
        return brokers.apply(request);
    }

    private static WriteTxnMarkersResponse written(WriteTxnMarkersRequest request) {
        return new WriteTxnMarkersResponse(request.markers().stream()
                .map(marker -> new WriteTxnMarkersResponse.Marker(
                        marker.producerId(),
                        marker.topics().stream().map(MarkerWriterTest::written).toList()))
                .toList());
    }

    private static WriteTxnMarkersResponse.Topic written(WriteTxnMarkersRequest.Topic topic) {
        return new WriteTxnMarkersResponse.Topic(
                topic.name(),
                topic.partitionIndexes().stream()
                        .map(index -> new WriteTxnMarkersResponse.Partition(index, ErrorCode.NONE))
                        .toList());
    }

    /** A producer commits a transaction that has written to both partitions. */
    private void end(String id) {
        OptionalLong freshId = OptionalLong.of(nextProducerId.getAndIncrement());
        ProducerIdentity producer = call(new InitProducer(id, TIMEOUT_MS, ProducerIdentity.NONE, freshId))
                .producer();
        assertThat(call(new AddPartitions(id, producer, PARTITIONS, VERSION))).isEqualTo(ErrorCode.NONE);
        ProducerAnswer ended = call(new EndTransaction(id, producer, true, VERSION, OptionalLong.empty()));
        assertThat(ended.error()).isEqualTo(ErrorCode.NONE);
    }

    private void awaitComplete(String id) {
        await().until(() -> describe(id).state().equals("CompleteCommit"));
    }

    private DescribeTransaction.Answer describe(String id) {
        Query<TransactionsShard, DescribeTransaction.Answer> question = new DescribeTransaction(id);
        CompletableFuture<DescribeTransaction.Answer> answer = new CompletableFuture<>();
        hosts.query(0, question, answer::complete);
        return answer.join();
    }

    private <A> A call(Operation<TransactionsShard, A> operation) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        var unused = hosts.submit(0, operation, answer::complete);
        return answer.join();
    }
}
