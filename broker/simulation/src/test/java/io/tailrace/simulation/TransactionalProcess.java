package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
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
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A process with a transactional producer, of transaction version 1 or 2. It sends one record at a time, sometimes reads in
 * between, and ends each transaction. Requests are tried again until they are answered; a send only for a while, then the
 * transaction is aborted. When it learns that it is fenced, it ends.
 */
final class TransactionalProcess {
    private static final int TRANSACTION_MS_MAX = 500;
    private static final long TIMEOUT_MS = 150;
    private static final int SENDS_TRIED_MAX = 6;
    private static final int STEPS_MAX = 4;

    private final TransactionalClusters all;
    private final ProducerMachine machine;
    private final String name;
    private final short version;
    private final Caller coordinator;
    private final List<Caller> leaders = new ArrayList<>();
    private final List<CommittedReader> readers = new ArrayList<>();
    private final List<Runnable> held = new ArrayList<>();
    private final int[] sequences = new int[TransactionalClusters.PARTITIONS];
    private final Set<Integer> added = new TreeSet<>();
    private ProducerIdentity producer = ProducerIdentity.NONE;
    private @Nullable Transaction<Long> transaction;
    private int stepsLeft;
    private int triesMax;
    private boolean paused;
    private boolean ended;
    /** The numbers of the last requests to the coordinator that were sent, and that have arrived. */
    private int sent;

    private int arrived;

    TransactionalProcess(TransactionalClusters all, ProducerMachine machine, String name) {
        this.all = all;
        this.machine = machine;
        this.name = name;
        version = (short) all.between(1, 2);
        coordinator = new Caller(all.coordinator, machine.node(), this::perform);
        for (TransactionalPartition partition : all.partitions) {
            Caller leader = new Caller(partition.cluster, machine.node(), this::perform);
            leaders.add(leader);
            readers.add(new CommittedReader(all, partition, leader, name));
        }
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

    private void again(Runnable work) {
        later(all.between(2, 25), work);
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        held.forEach(work -> all.timeline.after(0, () -> perform(work)));
        held.clear();
    }

    /** Ends at once, whatever it was doing. */
    void end() {
        tell("ends");
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    /** Whether it has no transaction. */
    boolean isIdle() {
        return transaction == null;
    }

    /** If another process has the id, what was not asked to be committed by now never is. */
    void abandonIfFenced() {
        if (transaction != null && machine.isFenced(producer)) {
            transaction.abortedUnlessAskedToCommit();
        }
    }

    void run() {
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
                        again(this::begin);
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

    private void begin() {
        if (!all.producing()) {
            again(this::begin);
            return;
        }
        Transaction<Long> begun = all.history.begin(name);
        transaction = begun;
        abandonIfFenced();
        added.clear();
        stepsLeft = (int) all.between(0, STEPS_MAX);
        triesMax = (int) all.between(1, SENDS_TRIED_MAX);
        again(() -> step(begun));
    }

    private void step(Transaction<Long> open) {
        if (stepsLeft-- == 0) {
            if (all.oneIn(5)) {
                abort(open, false);
            } else {
                open.committing();
                end(open, true, false);
            }
            return;
        }
        int partition = (int) all.between(0, all.partitions.size() - 1);
        if (all.oneIn(4)) {
            CommittedReader reader = readers.get(partition);
            reader.poll(open.poll(reader.reader()), () -> again(() -> step(open)));
        } else {
            send(open, partition);
        }
    }

    private void send(Transaction<Long> open, int partition) {
        long value = all.nextValue();
        Send<Long> begun = open.send(TransactionalClusters.name(partition), value);
        Sent record = new Sent(machine.transactionalId(), producer, version, sequences[partition], value);
        if (version == 1 && !added.contains(partition)) {
            add(open, partition, () -> produce(open, begun, record, partition, 1));
        } else {
            produce(open, begun, record, partition, 1);
        }
    }

    private void add(Transaction<Long> open, int partition, Runnable then) {
        ask(
                new AddPartitions(
                        machine.transactionalId(), producer, Set.of(TransactionalClusters.name(partition)), version),
                error -> {
                    if (error == ErrorCode.NONE) {
                        added.add(partition);
                        then.run();
                    } else {
                        unlessFenced(error, () -> add(open, partition, then));
                    }
                },
                () -> add(open, partition, then));
    }

    private void produce(Transaction<Long> open, Send<Long> begun, Sent record, int partition, int tries) {
        Runnable again = () -> {
            if (tries < triesMax) {
                again(() -> produce(open, begun, record, partition, tries + 1));
            } else {
                abort(open, true);
            }
        };
        added.add(partition);
        leaders.get(partition)
                .<Produced>ask(
                        (leading, answer) -> all.partitions.get(partition).produce(leading, record, answer),
                        TIMEOUT_MS,
                        produced -> {
                            if (produced.error() == ErrorCode.NONE) {
                                begun.acknowledged(produced.offset());
                                sequences[partition]++;
                                again(() -> step(open));
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

    private static boolean isFinal(ErrorCode error) {
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

    /** @param isUnknown whether a record may be in the log without being acknowledged: version 1 raises the epoch then */
    private void abort(Transaction<Long> open, boolean isUnknown) {
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
        if (version == 1 && isUnknown) {
            initialise(producer);
        } else {
            again(this::begin);
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
        int number = ++sent;
        coordinator.<A>ask(
                (asked, taker) -> {
                    if (arrives(number)) {
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
        int number = ++sent;
        coordinator.<ProducerAnswer>ask(
                (asked, taker) -> {
                    if (arrives(number)) {
                        all.coordinators.submitWithId(asked, operation, taker);
                    }
                },
                TIMEOUT_MS,
                answer,
                whenSilent);
    }

    /** In version 1, a late EndTxn ends the next transaction: the protocol cannot tell the two apart. So there, none comes late. */
    private boolean arrives(int number) {
        boolean isLate = number < arrived;
        arrived = Math.max(arrived, number);
        return version > 1 || !isLate;
    }

    private void tell(String what) {
        all.coordinator.tell(() -> "producer " + this + " " + what);
    }

    @Override
    public String toString() {
        return name + " " + producer;
    }
}
