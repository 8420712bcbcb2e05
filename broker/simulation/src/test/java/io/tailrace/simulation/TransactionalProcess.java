package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.transactions.Send;
import io.tailrace.replication.history.transactions.Transaction;
import io.tailrace.shard.Operation;
import io.tailrace.simulation.SimulatedPartition.Produced;
import io.tailrace.simulation.TransactionalPartition.Sent;
import io.tailrace.transactions.AddPartitions;
import io.tailrace.transactions.EndTransaction;
import io.tailrace.transactions.InitProducer;
import io.tailrace.transactions.ProducerAnswer;
import io.tailrace.transactions.ProducerIdentity;
import io.tailrace.transactions.TransactionsShard;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A process with a transactional producer, of transaction version 1 or 2. It sends one record at a time, and ends each transaction.
 * Requests are tried again until they are answered; what belongs to the transaction only for a while, then it is aborted. When the
 * process learns that it is fenced, it ends.
 */
abstract class TransactionalProcess {
    static final long TIMEOUT_MS = 150;

    private static final int TRANSACTION_MS_MAX = 500;
    private static final int TRIES_MAX = 6;

    private final TransactionalClusters all;
    private final ProducerMachine machine;
    private final String name;
    private final short version;
    private final Caller coordinator;
    private final List<Caller> leaders = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final int[] sequences = new int[TransactionalClusters.PARTITIONS];
    private final Set<TopicPartition> added = new TreeSet<>();
    private ProducerIdentity producer = ProducerIdentity.NONE;
    private @Nullable Transaction<Long> transaction;
    private int triesMax;
    private boolean paused;
    private boolean ended;
    /** The numbers of the last requests without a sequence number that were sent, and that have arrived. */
    private int sent;

    private int arrived;

    TransactionalProcess(TransactionalClusters all, ProducerMachine machine, String name) {
        this.all = all;
        this.machine = machine;
        this.name = name;
        version = (short) all.between(1, 2);
        coordinator = caller(all.coordinator);
        all.partitions.forEach(partition -> leaders.add(caller(partition.cluster())));
    }

    /** Goes on: it has a producer and no transaction. */
    abstract void proceed();

    /** A transaction has ended. */
    void hasEnded(boolean commit) {}

    final Caller caller(Cluster cluster) {
        return new Caller(cluster, machine.node(), this::perform);
    }

    /** A reader from this position on. */
    final CommittedReader reader(TransactionalPartition partition, long position) {
        return new CommittedReader(all, partition, leaders.get(partition.name().partition()), name, position);
    }

    final String transactionalId() {
        return machine.transactionalId();
    }

    final ProducerIdentity producer() {
        return producer;
    }

    final short version() {
        return version;
    }

    private void perform(Runnable work) {
        if (ended) {
            return;
        }
        if (paused) {
            held.add(work);
        } else {
            work.run();
        }
    }

    private void later(long delayMs, Runnable work) {
        all.timeline.after(delayMs, () -> perform(work));
    }

    final void again(Runnable work) {
        later(all.between(2, 25), work);
    }

    final void pause() {
        paused = true;
    }

    final void resume() {
        paused = false;
        held.forEach(work -> all.timeline.after(0, () -> perform(work)));
        held.clear();
    }

    /** Ends at once, whatever it was doing. */
    final void end() {
        tell("ends");
        ended = true;
    }

    final boolean ended() {
        return ended;
    }

    /** Whether it has no transaction. */
    boolean isIdle() {
        return transaction == null;
    }

    /** If another process has the id, what was not asked to be committed by now never is. */
    final void abandonIfFenced() {
        if (transaction != null && machine.isFenced(producer)) {
            transaction.abortedUnlessAskedToCommit();
        }
    }

    final void run() {
        tell("starts with version " + version);
        initialise(ProducerIdentity.NONE);
    }

    /** @param expected the producer, to raise its own epoch, or none to take over */
    private void initialise(ProducerIdentity expected) {
        askForProducer(
                freshId -> new InitProducer(machine.transactionalId(), TRANSACTION_MS_MAX, expected, freshId),
                answer -> {
                    if (answer.error() == ErrorCode.NONE) {
                        tell("is " + answer.producer());
                        become(answer.producer());
                        machine.tookOver(producer);
                        again(this::proceed);
                    } else {
                        unlessFenced(answer.error(), () -> initialise(expected));
                    }
                },
                () -> initialise(expected));
    }

    private void become(ProducerIdentity next) {
        if (!next.equals(producer)) {
            producer = next;
            Arrays.fill(sequences, 0);
        }
    }

    final Transaction<Long> begin() {
        Transaction<Long> begun = all.history.begin(name);
        transaction = begun;
        abandonIfFenced();
        added.clear();
        triesMax = (int) all.between(1, TRIES_MAX);
        return begun;
    }

    /** Sends a record, and goes on when it is acknowledged. */
    final void send(Transaction<Long> open, int partition, long value, Runnable then) {
        TopicPartition to = TransactionalClusters.name(partition);
        Send<Long> begun = open.send(to, value);
        Sent record = new Sent(machine.transactionalId(), producer, version, sequences[partition], value);
        addOnce(to, () -> produce(open, begun, record, partition, 1, then));
    }

    /** Adds a partition to the transaction: in version 2, its leader does so. */
    final void addOnce(TopicPartition partition, Runnable then) {
        if (version > 1 || added.contains(partition)) {
            added.add(partition);
            then.run();
            return;
        }
        ask(
                new AddPartitions(machine.transactionalId(), producer, Set.of(partition), version),
                error -> {
                    if (error == ErrorCode.NONE) {
                        added.add(partition);
                        then.run();
                    } else {
                        unlessFenced(error, () -> addOnce(partition, then));
                    }
                },
                () -> addOnce(partition, then));
    }

    final void againUnlessTooOften(Transaction<Long> open, int tries, Runnable work) {
        if (tries < triesMax) {
            again(work);
        } else {
            abort(open, true);
        }
    }

    private void produce(
            Transaction<Long> open, Send<Long> begun, Sent record, int partition, int tries, Runnable then) {
        Runnable again =
                () -> againUnlessTooOften(open, tries, () -> produce(open, begun, record, partition, tries + 1, then));
        leaders.get(partition)
                .<Produced>ask(
                        (leading, answer) -> all.partitions.get(partition).produce(leading, record, answer),
                        TIMEOUT_MS,
                        produced -> {
                            if (produced.error() == ErrorCode.NONE) {
                                begun.acknowledged(produced.offset());
                                sequences[partition]++;
                                again(then);
                            } else if (isFinal(produced.error())) {
                                tell("cannot send: " + produced.error());
                                abort(open, true);
                            } else {
                                leaders.get(partition).refresh();
                                again.run();
                            }
                        },
                        again);
    }

    static boolean isFinal(ErrorCode error) {
        return switch (error) {
            case INVALID_PRODUCER_EPOCH,
                    PRODUCER_FENCED,
                    INVALID_PRODUCER_ID_MAPPING,
                    INVALID_TXN_STATE,
                    TRANSACTION_ABORTABLE,
                    OUT_OF_ORDER_SEQUENCE_NUMBER -> true;
            default -> false;
        };
    }

    /** Ends a transaction: usually commits it. */
    final void finish(Transaction<Long> open) {
        if (all.oneIn(5)) {
            abort(open, false);
        } else {
            open.committing();
            end(open, true, false);
        }
    }

    /** @param isUnknown whether a record may be in the log without being acknowledged: version 1 raises the epoch then */
    final void abort(Transaction<Long> open, boolean isUnknown) {
        open.abortedUnlessAskedToCommit();
        end(open, false, isUnknown);
    }

    private void end(Transaction<Long> open, boolean commit, boolean isUnknown) {
        if (version == 1 && added.isEmpty()) {
            // Without asking anybody.
            ended(open, commit && !machine.isFenced(producer), isUnknown);
            return;
        }
        ProducerIdentity asking = producer;
        askForProducer(
                freshId -> new EndTransaction(machine.transactionalId(), asking, commit, version, freshId),
                answer -> {
                    if (answer.error() == ErrorCode.NONE) {
                        if (version > 1) {
                            become(answer.producer());
                        }
                        ended(open, commit, isUnknown);
                    } else {
                        unlessFenced(answer.error(), () -> end(open, commit, isUnknown));
                    }
                },
                () -> end(open, commit, isUnknown));
    }

    private void ended(Transaction<Long> open, boolean commit, boolean isUnknown) {
        tell(commit ? "has committed" : "has aborted");
        if (commit) {
            open.committed();
        }
        transaction = null;
        hasEnded(commit);
        if (version == 1 && isUnknown) {
            initialise(producer);
        } else {
            again(this::proceed);
        }
    }

    /** Tries again, or ends if another process has taken over or the transaction has taken too long. */
    private void unlessFenced(ErrorCode error, Runnable again) {
        if (isFinal(error)) {
            tell("is told " + error);
            end();
            machine.ended();
        } else {
            coordinator.refresh();
            again(again);
        }
    }

    private <A> void ask(Operation<TransactionsShard, A> operation, Consumer<A> answer, Runnable whenSilent) {
        BooleanSupplier isWelcome = nextRequest();
        coordinator.<A>ask(
                (asked, taker) -> {
                    if (isWelcome.getAsBoolean()) {
                        all.coordinators.submit(asked, operation, taker);
                    }
                },
                TIMEOUT_MS,
                answer,
                whenSilent);
    }

    private void askForProducer(
            Function<OptionalLong, Operation<TransactionsShard, ProducerAnswer>> operation,
            Consumer<ProducerAnswer> answer,
            Runnable whenSilent) {
        BooleanSupplier isWelcome = nextRequest();
        coordinator.<ProducerAnswer>ask(
                (asked, taker) -> {
                    if (isWelcome.getAsBoolean()) {
                        all.coordinators.submitWithId(asked, operation, taker);
                    }
                },
                TIMEOUT_MS,
                answer,
                whenSilent);
    }

    /**
     * Begins a request that is not numbered in the protocol. Returns whether a copy that arrives now is taken: in version 1, a late
     * one would belong to the next transaction, as the protocol cannot tell the two apart. So there, none comes late.
     */
    final BooleanSupplier nextRequest() {
        int number = ++sent;
        return () -> {
            boolean isLate = number < arrived;
            arrived = Math.max(arrived, number);
            return version > 1 || !isLate;
        };
    }

    final void tell(String what) {
        all.coordinator.tell(() -> "producer " + this + " " + what);
    }

    @Override
    public String toString() {
        return name + " " + producer;
    }
}
