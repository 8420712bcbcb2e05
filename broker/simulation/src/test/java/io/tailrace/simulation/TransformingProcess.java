package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Transaction;
import io.tailrace.simulation.TransactionalOffsets.Commit;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A process that reads committed records of one partition, writes a record for each to the other one, and commits the offset of its
 * group in the same transaction. It fetches its position when it starts and after an abort, and sometimes in between, as after a
 * rebalance.
 */
final class TransformingProcess extends TransactionalProcess {
    private static final int RECORDS_MAX = 3;

    private final TransactionalClusters all;
    private final TransactionalOffsets offsets;
    private final Caller coordinator;
    /** What has been read and not been taken into a transaction. */
    private final Deque<Entry<Long>> read = new ArrayDeque<>();

    private @Nullable CommittedReader reader;

    TransformingProcess(TransactionalClusters all, ProducerMachine machine, String name, TransactionalOffsets offsets) {
        super(all, machine, name);
        this.all = all;
        this.offsets = offsets;
        coordinator = caller(offsets.cluster());
    }

    /** Whether it has also read everything. */
    @Override
    boolean isIdle() {
        return super.isIdle()
                && reader != null
                && reader.position() == all.partition(Transformation.INPUT).endOffset()
                && read.isEmpty();
    }

    @Override
    void proceed() {
        CommittedReader positioned = reader;
        if (positioned == null) {
            fetchPosition();
        } else if (read.isEmpty()) {
            positioned.poll(all.history.poll(positioned.reader()), entries -> {
                read.addAll(entries);
                again(entries.isEmpty() ? this::proceed : this::transform);
            });
        } else {
            transform();
        }
    }

    private void fetchPosition() {
        coordinator.<OffsetFetchResponse.Partition>ask(
                offsets::fetch,
                TIMEOUT_MS,
                answer -> {
                    if (answer.errorCode() == ErrorCode.NONE) {
                        long position = Math.max(0, answer.committedOffset());
                        tell("continues at " + position);
                        reader = reader(all.partition(Transformation.INPUT), position);
                    } else if (answer.errorCode() != ErrorCode.UNSTABLE_OFFSET_COMMIT) {
                        coordinator.refresh();
                    }
                    again(this::proceed);
                },
                this::proceed);
    }

    /** The outputs and the offset may come in any order. */
    private void transform() {
        Transaction<Long> open = begin();
        Deque<Entry<Long>> taken = new ArrayDeque<>();
        for (long left = all.between(1, RECORDS_MAX); left > 0 && !read.isEmpty(); left--) {
            taken.add(read.remove());
        }
        long position = taken.getLast().offset() + 1;
        if (all.oneIn(2)) {
            sendAll(open, taken, () -> commitOffset(open, position, () -> finish(open)));
        } else {
            commitOffset(open, position, () -> sendAll(open, taken, () -> finish(open)));
        }
    }

    private void sendAll(Transaction<Long> open, Deque<Entry<Long>> left, Runnable then) {
        Entry<Long> next = left.poll();
        if (next == null) {
            then.run();
            return;
        }
        long value = all.nextValue();
        all.transformation.sends(value, next.offset());
        send(open, Transformation.OUTPUT.partition(), value, () -> sendAll(open, left, then));
    }

    private void commitOffset(Transaction<Long> open, long position, Runnable then) {
        addOnce(
                offsets.name(),
                () -> commitOffset(
                        open, new Commit(transactionalId(), producer(), version(), position, nextRequest()), 1, then));
    }

    private void commitOffset(Transaction<Long> open, Commit commit, int tries, Runnable then) {
        Runnable again = () -> againUnlessTooOften(open, tries, () -> commitOffset(open, commit, tries + 1, then));
        coordinator.<ErrorCode>ask(
                (leading, answer) -> offsets.commit(leading, commit, answer),
                TIMEOUT_MS,
                error -> {
                    if (error == ErrorCode.NONE) {
                        again(then);
                    } else if (isFinal(error)) {
                        tell("cannot commit an offset: " + error);
                        abort(open, true);
                    } else {
                        coordinator.refresh();
                        again.run();
                    }
                },
                again);
    }

    /** After an abort it reads again what it had taken. */
    @Override
    void hasEnded(boolean commit) {
        if (!commit || all.oneIn(2)) {
            reader = null;
            read.clear();
        }
    }
}
