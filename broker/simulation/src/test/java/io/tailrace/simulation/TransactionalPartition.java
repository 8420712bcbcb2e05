package io.tailrace.simulation;

import io.tailrace.log.AbortedTransaction;
import io.tailrace.log.AppendResult;
import io.tailrace.log.LogSlice;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.record.CompressionType;
import io.tailrace.protocol.record.EndTransactionMarker;
import io.tailrace.protocol.record.RecordBatch;
import io.tailrace.protocol.record.RecordBatchBuilder;
import io.tailrace.protocol.record.RecordBatches;
import io.tailrace.replication.Leader;
import io.tailrace.replication.Replica;
import io.tailrace.server.partition.Append;
import io.tailrace.server.partition.ConsumerFetch;
import io.tailrace.server.partition.LeaderWrite;
import io.tailrace.server.partition.LeadershipListener;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Read;
import io.tailrace.server.transaction.TransactionVerifier;
import io.tailrace.simulation.SimulatedPartition.Produced;
import io.tailrace.transactions.ProducerIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The requests to a partition with records of transactions, over production's partition in each broker. */
final class TransactionalPartition implements Workload, MarkedPartition {
    private static final int BATCH_BYTES_MAX = 128;
    private static final int READ_BYTES_MAX = 700;
    private static final short PRODUCE_OF_VERSION_2 = 12;
    private static final short PRODUCE_OF_VERSION_1 = 11;

    /** What a producer sends: one record, whose timestamp is its value. */
    record Sent(String transactionalId, ProducerIdentity producer, short version, int sequence, long value) {
        private ByteBuffer batch() {
            RecordBatchBuilder builder = new RecordBatchBuilder(CompressionType.NONE, BATCH_BYTES_MAX);
            builder.producer(producer.id(), producer.epoch(), sequence);
            builder.transactional();
            builder.append(value, null, null, List.of());
            return builder.build();
        }
    }

    /** What a reader of committed records gets. */
    record Fetched(ErrorCode error, List<RecordBatch> batches, List<AbortedTransaction> aborted) {}

    private final TransactionalClusters all;
    private final Cluster cluster;
    private final int index;
    private final SimulatedVerifier verifier;

    TransactionalPartition(TransactionalClusters all, Cluster cluster, int index) {
        this.all = all;
        this.cluster = cluster;
        this.index = index;
        verifier = new SimulatedVerifier(all, name());
    }

    @Override
    public TopicPartition name() {
        return TransactionalClusters.name(index);
    }

    @Override
    public Cluster cluster() {
        return cluster;
    }

    @Override
    public void start() {}

    @Override
    public LeadershipListener started(BrokerProcess process) {
        process.later(0, () -> process.link().keepLease());
        verifier.started(process);
        return (partition, replica) -> {};
    }

    @Override
    public BooleanSupplier lease(BrokerProcess process) {
        return () -> process.link().holdsLease();
    }

    @Override
    public void begin(Step step) {
        // The rules of a partition with records do not depend on the wall clock.
        if (step.kind() != Step.Kind.CLOCK_JUMP) {
            all.begin(step);
        }
    }

    /** Produces, after asking the coordinator if the batch would begin a transaction here. */
    void produce(BrokerProcess process, Sent sent, Consumer<Produced> answer) {
        process.onPartition(() -> {
            Append append = append(process, new LeaderWrite.Batch(sent.batch()), sent);
            if (append.result() instanceof AppendResult.Unverified first) {
                verifier.verify(
                        process,
                        sent.transactionalId(),
                        sent.producer(),
                        TransactionVerifier.Client.ofProduce(
                                sent.version() > 1 ? PRODUCE_OF_VERSION_2 : PRODUCE_OF_VERSION_1),
                        error -> process.onPartition(() -> {
                            if (error == ErrorCode.NONE) {
                                LeaderWrite again = new LeaderWrite.Batch(sent.batch(), first.verification());
                                answer(process, append(process, again, sent), answer);
                            } else {
                                answer.accept(new Produced(error, -1));
                            }
                        }));
            } else {
                answer(process, append, answer);
            }
        });
    }

    @Override
    public void mark(
            BrokerProcess process, EndTransactionMarker marker, boolean raisesEpoch, Consumer<ErrorCode> answer) {
        process.onPartition(() -> answer(
                process,
                append(process, new LeaderWrite.Marker(marker, raisesEpoch), marker),
                produced -> answer.accept(produced.error())));
    }

    private static Append append(BrokerProcess process, LeaderWrite write, Object what) {
        long before = process.broker().disk().endOffset();
        Append append = process.partition().production().append(write, Replica.ANY_EPOCH, true);
        process.cluster().tell(() -> "broker %d: %s: %s".formatted(process.id(), what, append.result()));
        process.partition().mayHaveGrown(before);
        return append;
    }

    private static void answer(BrokerProcess process, Append append, Consumer<Produced> answer) {
        AppendResult result = append.result();
        SimulatedPartition partition = process.partition();
        if (result instanceof AppendResult.Appended appended) {
            partition.whenAcknowledged(
                    append, appended.nextOffset(), error -> answer.accept(new Produced(error, appended.baseOffset())));
        } else if (result instanceof AppendResult.Duplicate earlier) {
            partition.whenAcknowledged(
                    append, earlier.nextOffset(), error -> answer.accept(new Produced(error, earlier.baseOffset())));
        } else if (result instanceof AppendResult.Refused refused) {
            answer.accept(new Produced(refused.error(), -1));
        } else {
            answer.accept(new Produced(ErrorCode.INVALID_TXN_STATE, -1));
        }
    }

    /** Reads committed records for a consumer that expects this leader epoch. */
    void fetch(BrokerProcess process, long offset, int leaderEpoch, Consumer<Fetched> answer) {
        process.onPartition(() -> answer.accept(fetch(process.partition().production(), offset, leaderEpoch)));
    }

    private static Fetched fetch(Partition partition, long offset, int leaderEpoch) {
        Read read = partition.read(new ConsumerFetch(offset, leaderEpoch, true), READ_BYTES_MAX, true);
        try {
            LogSlice slice = read.slice();
            Read.Transactions transactions = read.transactions();
            return slice == null || transactions == null
                    ? new Fetched(read.error(), List.of(), List.of())
                    : new Fetched(read.error(), batches(slice), transactions.aborted());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            read.close();
        }
    }

    private static List<RecordBatch> batches(LogSlice slice) throws IOException {
        List<RecordBatch> batches = new ArrayList<>();
        RecordBatches.of(slice.toBuffer()).forEach(batches::add);
        return batches;
    }

    /** The end for readers of committed records, or for all others; empty if the client must ask again. */
    void end(BrokerProcess process, int leaderEpoch, boolean isCommitted, Consumer<OptionalLong> answer) {
        process.onPartition(() -> {
            Partition partition = process.partition().production();
            Optional<Long> end =
                    partition.leadershipIn(leaderEpoch).map(Leader::latestOffset, error -> Optional.empty());
            answer.accept(
                    end.isEmpty()
                            ? OptionalLong.empty()
                            : OptionalLong.of(isCommitted ? partition.lastStableOffset(end.get()) : end.get()));
        });
    }

    @Override
    public String toString() {
        return "%s ends at %d, stable %s".formatted(name(), endOffset(), isStable());
    }
}
