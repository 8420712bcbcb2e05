package io.tailrace.replication.history.transactions;

import io.tailrace.replication.history.Anomaly;
import io.tailrace.replication.history.transactions.TransactionHistory.WriteOrder;
import java.util.Random;
import java.util.function.Predicate;

/** Ways to spoil a clean history, each with the class of the anomaly that it plants. */
enum Plant {
    ABORTED_READ(Anomaly.G1A, Planting::readAborted),
    LOST_AT_THE_END(Anomaly.LOST, Planting::lose),
    TORN_AT_THE_END(Anomaly.G1B, Planting::tear),
    READ_IN_PART(Anomaly.G1B, Planting::readInPart),
    READ_ITS_OWN(Anomaly.PRECOMMITTED_READ, Planting::readOwn),
    READ_BEFORE_COMMIT(Anomaly.PRECOMMITTED_READ, Planting::commitLater),
    PASSED_OVER(Anomaly.POLL_SKIP, planting -> planting.passOver(true)),
    PASSED_OVER_INSIDE(Anomaly.INT_POLL_SKIP, planting -> planting.passOver(false)),
    READ_BACKWARDS(Anomaly.NONMONOTONIC_POLL, planting -> planting.readBackwards(true)),
    READ_BACKWARDS_INSIDE(Anomaly.INT_NONMONOTONIC_POLL, planting -> planting.readBackwards(false)),
    SENT_BACKWARDS(
            Anomaly.NONMONOTONIC_SEND,
            planting -> planting.swap(
                    (one, other) -> Planting.sameProcess(one, other) && one.transaction != other.transaction)),
    SENT_BACKWARDS_INSIDE(
            Anomaly.INT_NONMONOTONIC_SEND,
            planting -> planting.swap((one, other) -> one.transaction == other.transaction)),
    SENT_BETWEEN(
            Anomaly.INT_SEND_SKIP, WriteOrder.SERIAL, planting -> planting.swap(Planting::endsAndBeginsTransaction)),
    WRITE_CYCLE(Anomaly.G0, WriteOrder.SERIAL, Planting::cycleOfWrites),
    WRITE_CYCLE_OF_PROCESS(
            Anomaly.G0_PROCESS,
            WriteOrder.SERIAL,
            planting -> planting.swap((one, other) ->
                    Planting.sameProcess(one, other) && Planting.isAnswered(one) && Planting.areAlone(one, other))),
    WRITE_CYCLE_IN_TIME(
            Anomaly.G0_REALTIME,
            WriteOrder.SERIAL,
            planting -> planting.swap((one, other) -> !Planting.sameProcess(one, other)
                    && one.acknowledged < other.sent
                    && Planting.areAlone(one, other))),
    READ_EACH_OTHER(Anomaly.G1C, Planting::readEachOther),
    READ_THE_NEXT(Anomaly.G1C_PROCESS, planting -> planting.readLater(true)),
    READ_THE_FUTURE(Anomaly.G1C_REALTIME, planting -> planting.readLater(false)),
    APPENDED_BEFORE_AN_EARLIER_ONE(
            Anomaly.APPEND_NOT_LINEARIZABLE,
            planting -> planting.swap((one, other) -> one.acknowledged < other.sent && Planting.isAnswered(other))),
    STALE_END(Anomaly.END_OFFSET_NOT_LINEARIZABLE, Planting::staleEnd),
    END_BACKWARDS(Anomaly.END_OFFSET_NOT_LINEARIZABLE, Planting::stableEndBackwards),
    FUTURE_END(Anomaly.END_OFFSET_NOT_LINEARIZABLE, Planting::futureEnd),
    STALE_FETCH(Anomaly.FETCH_NOT_LINEARIZABLE, Planting::staleFetch),
    FUTURE_FETCH(Anomaly.FETCH_NOT_LINEARIZABLE, Planting::futureFetch),
    NEVER_SENT(Anomaly.PHANTOM, Planting::readWhatNobodySent),
    TWICE_AT_THE_END(Anomaly.DUPLICATED, Planting::duplicate),
    ACKNOWLEDGED_ELSEWHERE(Anomaly.INCONSISTENT_OFFSET, Planting::moveAtTheEnd);

    private final Anomaly anomaly;
    private final WriteOrder order;
    // A method of Planting, which has no state of its own.
    @SuppressWarnings("ImmutableEnumChecker")
    private final Predicate<Planting> change;

    Plant(Anomaly anomaly, Predicate<Planting> change) {
        this(anomaly, WriteOrder.INTERLEAVED, change);
    }

    Plant(Anomaly anomaly, WriteOrder order, Predicate<Planting> change) {
        this.anomaly = anomaly;
        this.order = order;
        this.change = change;
    }

    /** The class of what it plants. */
    Anomaly anomaly() {
        return anomaly;
    }

    /** What is expected of the order of writes, in the clean history too. */
    WriteOrder order() {
        return order;
    }

    /** Spoils a plan; false if it has no place for that. */
    boolean spoil(Plan plan, Random random) {
        return change.test(new Planting(plan, random));
    }
}
