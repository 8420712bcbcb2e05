package io.tailrace.simulation;

import io.tailrace.groups.ClusterSnapshot;
import io.tailrace.groups.GroupSettings;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetSettings;
import io.tailrace.groups.offsets.CommitTransactionOffsets;
import io.tailrace.groups.offsets.CommitTransactionOffsets.Answer;
import io.tailrace.groups.offsets.EndOffsetsTransaction;
import io.tailrace.groups.offsets.FetchOffsets;
import io.tailrace.groups.rules.GroupRules;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.group.OffsetsTopic;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.transaction.TransactionVerifier;
import io.tailrace.transactions.ProducerIdentity;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The shard with the offsets of one group without members, which reads one partition. */
final class TransactionalOffsets extends ShardWorkload<GroupsShard> implements MarkedPartition {
    static final TopicPartition NAME = new TopicPartition(OffsetsTopic.NAME, TransactionalClusters.PARTITIONS);

    private static final String GROUP = "transformers";
    private static final long NEVER_MS = 100_000_000;
    private static final GroupSettings SETTINGS = new GroupSettings(
            SimulatedGroups.SETTINGS.classic(),
            SimulatedGroups.SETTINGS.consumer(),
            new OffsetSettings(4096, NEVER_MS, NEVER_MS));
    private static final short REQUEST_OF_VERSION_2 = 5;
    private static final short REQUEST_OF_VERSION_1 = 4;

    /**
     * What a transformer commits.
     *
     * @param isWelcome whether a copy that arrives now may be stored
     */
    record Commit(
            String transactionalId, ProducerIdentity producer, short version, long offset, BooleanSupplier isWelcome) {
        @Override
        public String toString() {
            return "%s commits offset %d by version %d".formatted(producer, offset, version);
        }

        private short requestVersion() {
            return version > 1 ? REQUEST_OF_VERSION_2 : REQUEST_OF_VERSION_1;
        }

        private CommitTransactionOffsets operation(OptionalLong verification) {
            List<TxnOffsetCommitRequest.Topic> topics = List.of(new TxnOffsetCommitRequest.Topic(
                    Transformation.INPUT.topic(),
                    List.of(new TxnOffsetCommitRequest.Partition(Transformation.INPUT.partition(), offset, -1, ""))));
            return new CommitTransactionOffsets(
                    new TxnOffsetCommitRequest(
                            transactionalId, GROUP, producer.id(), producer.epoch(), -1, "", null, topics),
                    requestVersion(),
                    verification);
        }
    }

    private final TransactionalClusters all;
    private final SimulatedVerifier verifier;
    private final ClusterSnapshot topics =
            new ReadTopic(Transformation.INPUT.topic(), TransactionalClusters.PARTITIONS);

    TransactionalOffsets(TransactionalClusters all, Cluster cluster) {
        super(cluster);
        this.all = all;
        verifier = new SimulatedVerifier(all, NAME);
    }

    @Override
    public TopicPartition name() {
        return NAME;
    }

    @Override
    public Cluster cluster() {
        return cluster;
    }

    @Override
    GroupsShard emptyShard() {
        return GroupRules.emptyShard(topics, SETTINGS);
    }

    @Override
    public void start() {}

    @Override
    public LeadershipListener started(BrokerProcess process) {
        verifier.started(process);
        return super.started(process);
    }

    @Override
    void beginOther(Step step) {
        all.begin(step);
    }

    /** Commits in a transaction, as the broker does: after asking the coordinator if the transaction would begin here. */
    void commit(BrokerProcess process, Commit commit, Consumer<ErrorCode> answer) {
        commit(process, commit, OptionalLong.empty(), TransactionVerifier.ATTEMPTS_MAX, answer);
    }

    private void commit(
            BrokerProcess process, Commit commit, OptionalLong verification, int left, Consumer<ErrorCode> answer) {
        if (!commit.isWelcome().getAsBoolean()) {
            return;
        }
        TransactionVerifier.Client client = TransactionVerifier.Client.ofTxnOffsetCommit(commit.requestVersion());
        submit(process, commit.operation(verification), result -> {
            cluster.tell(() -> "broker %d: %s: %s".formatted(process.id(), commit, result));
            if (result instanceof Answer.Results results) {
                answer.accept(
                        results.response().topics().get(0).partitions().get(0).errorCode());
            } else if (left == 0) {
                answer.accept(client.shown(ErrorCode.TRANSACTION_ABORTABLE));
            } else {
                OptionalLong found = OptionalLong.of(((Answer.Unverified) result).verification());
                verifier.verify(process, commit.transactionalId(), commit.producer(), client, error -> {
                    if (error == ErrorCode.NONE) {
                        commit(process, commit, found, left - 1, answer);
                    } else {
                        answer.accept(error);
                    }
                });
            }
        });
    }

    @Override
    public void mark(
            BrokerProcess process, EndTransactionMarker marker, boolean raisesEpoch, Consumer<ErrorCode> answer) {
        submit(process, new EndOffsetsTransaction(marker, raisesEpoch), error -> {
            cluster.tell(() -> "broker %d: %s: %s".formatted(process.id(), marker, error));
            answer.accept(error);
        });
    }

    /** Where the group continues to read: fetched as long as nothing is undecided. */
    void fetch(BrokerProcess process, Consumer<OffsetFetchResponse.Partition> answer) {
        OffsetFetchRequest.Topic topic =
                new OffsetFetchRequest.Topic(Transformation.INPUT.topic(), List.of(Transformation.INPUT.partition()));
        FetchOffsets fetch = new FetchOffsets(new OffsetFetchRequest.Group(GROUP, List.of(topic)), true);
        query(
                process,
                fetch,
                group -> answer.accept(
                        group.errorCode() == ErrorCode.NONE
                                ? group.topics().get(0).partitions().get(0)
                                : new OffsetFetchResponse.Partition(
                                        Transformation.INPUT.partition(), -1, -1, "", group.errorCode())));
    }

    @Override
    public String toString() {
        return "%s ends at %d, stable %s".formatted(NAME, endOffset(), isStable());
    }
}
