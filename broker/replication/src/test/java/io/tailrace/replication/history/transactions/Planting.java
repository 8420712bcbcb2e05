package io.tailrace.replication.history.transactions;

import static io.tailrace.replication.history.transactions.Plan.NEVER;

import io.tailrace.replication.history.transactions.Plan.PlannedEnd;
import io.tailrace.replication.history.transactions.Plan.PlannedPoll;
import io.tailrace.replication.history.transactions.Plan.PlannedSend;
import io.tailrace.replication.history.transactions.Plan.PlannedTransaction;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Spoils one plan in one random place. Each method returns false if there is no place for what it plants. */
final class Planting {
    private static final long NOBODY_SENT = -1;
    private static final long BEHIND_THE_END = 1_000_000;

    private final Plan plan;
    private final Random random;

    Planting(Plan plan, Random random) {
        this.plan = plan;
        this.random = random;
    }

    boolean readAborted() {
        return anyPair(
                placed(send -> !send.transaction.committed && send.transaction.commitAsked == NEVER),
                polls(Isolation.COMMITTED),
                (send, poll) -> poll.partition == send.partition && spans(poll, send.offset),
                this::read);
    }

    boolean lose() {
        return any(
                placed(send -> isKnownToBeCommitted(send) && send.transaction.sends.size() == 1),
                send -> plan.drop(send));
    }

    boolean tear() {
        return any(
                placed(send -> isCommittedInTransaction(send) && isAnswered(send) && send.transaction.sends.size() > 1),
                send -> plan.drop(send));
    }

    boolean readInPart() {
        return anyPair(
                placed(Planting::isCommittedInTransaction),
                polls(Isolation.COMMITTED),
                (send, poll) -> poll.got.contains(send) && isInside(poll, send) && readsMore(poll.reader, send),
                (send, poll) -> poll.got.remove(send));
    }

    /** @param alone outside transactions */
    boolean passOver(boolean alone) {
        return anyPair(
                placed(send -> send.transaction.committed),
                polls(Isolation.COMMITTED),
                (send, poll) -> poll.got.contains(send)
                        && isInside(poll, send)
                        && isInsideTransaction(poll, send) != alone
                        && !readsMore(poll.reader, send),
                (send, poll) -> poll.got.remove(send));
    }

    boolean readOwn() {
        return anyPair(
                placed(Planting::isCommittedInTransaction),
                polls(Isolation.COMMITTED),
                (send, poll) -> poll.transaction == send.transaction && poll.partition == send.partition,
                this::read);
    }

    boolean commitLater() {
        return anyPair(
                placed(Planting::isCommittedInTransaction),
                polls(Isolation.COMMITTED),
                (send, poll) -> poll.got.contains(send) && poll.transaction != send.transaction,
                (send, poll) -> {
                    PlannedTransaction transaction = send.transaction;
                    transaction.commitAsked = poll.end + 1;
                    if (transaction.ended != NEVER) {
                        transaction.ended = Math.max(transaction.ended, poll.end + 2);
                    }
                });
    }

    /** @param alone outside transactions */
    boolean readBackwards(boolean alone) {
        return any(
                polls(Isolation.COMMITTED).stream()
                        .filter(poll -> poll.transaction.alone == alone && poll.got.size() > 1)
                        .toList(),
                poll -> {
                    int i = random.nextInt(poll.got.size() - 1);
                    Collections.swap(poll.got, i, i + 1);
                });
    }

    /** Exchanges two neighbours in the log, the first of which was there before. */
    boolean swap(BiPredicate<PlannedSend, PlannedSend> which) {
        List<PlannedSend[]> pairs = new ArrayList<>();
        for (int partition = 0; partition < plan.atEnd.size(); partition++) {
            int here = partition;
            List<PlannedSend> log = placed(send -> send.partition == here);
            for (int i = 1; i < log.size(); i++) {
                PlannedSend one = log.get(i - 1);
                PlannedSend other = log.get(i);
                if (isKnown(one) && isKnown(other) && which.test(one, other)) {
                    pairs.add(new PlannedSend[] {one, other});
                }
            }
        }
        return any(pairs, pair -> plan.swap(pair[0], pair[1]));
    }

    boolean cycleOfWrites() {
        return swap((one, other) -> areCommitted(one, other)
                && one.transaction != other.transaction
                && one.transaction.sends.stream()
                        .filter(send -> send != one)
                        .anyMatch(send -> other.transaction.sends.stream()
                                .anyMatch(later -> later.partition == send.partition
                                        && isPlaced(later)
                                        && isPlaced(send)
                                        && (later != other || send.partition == one.partition))));
    }

    boolean readEachOther() {
        List<PlannedSend> sends = placed(Planting::isCommittedInTransaction);
        List<PlannedPoll> polls = polls(Isolation.COMMITTED);
        return anyPair(
                sends,
                sends,
                (one, other) -> one.transaction != other.transaction
                        && one.transaction.begin < other.transaction.ended
                        && other.transaction.begin < one.transaction.ended
                        && polls.stream().anyMatch(poll -> canRead(poll, one.transaction, other))
                        && polls.stream().anyMatch(poll -> canRead(poll, other.transaction, one)),
                (one, other) -> {
                    any(
                            polls.stream()
                                    .filter(poll -> canRead(poll, one.transaction, other))
                                    .toList(),
                            poll -> read(other, poll));
                    any(
                            polls.stream()
                                    .filter(poll -> canRead(poll, other.transaction, one))
                                    .toList(),
                            poll -> read(one, poll));
                });
    }

    private static boolean canRead(PlannedPoll poll, PlannedTransaction reader, PlannedSend send) {
        return poll.transaction == reader && poll.partition == send.partition;
    }

    /** Lets a poll get what is sent later. Neither is in a transaction, so that nothing else orders the two. */
    boolean readLater(boolean bySameProcess) {
        return anyPair(
                placed(send -> send.transaction.alone && isAnswered(send)),
                polls(Isolation.COMMITTED),
                (send, poll) -> poll.transaction.alone
                        && poll.partition == send.partition
                        && poll.end < send.sent
                        && (bySameProcess
                                ? poll.transaction.process.equals(send.transaction.process)
                                : isIdleBetween(poll, send)),
                this::read);
    }

    /** Whether the process of a poll does nothing until something is sent, so that only time orders the two. */
    private boolean isIdleBetween(PlannedPoll poll, PlannedSend send) {
        String process = poll.transaction.process;
        return !process.equals(send.transaction.process)
                && plan.transactions.stream()
                        .filter(other -> other.process.equals(process))
                        .noneMatch(other -> other.begin > poll.begin && other.begin < send.transaction.begin);
    }

    boolean staleEnd() {
        return anyPair(
                placed(Planting::isAnswered),
                ends(Isolation.UNCOMMITTED),
                (send, end) -> end.partition == send.partition && send.acknowledged < end.begin,
                (send, end) -> end.offset = send.offset);
    }

    boolean futureEnd() {
        return anyPair(
                placed(Planting::isKnown),
                ends(Isolation.UNCOMMITTED),
                (send, end) -> end.partition == send.partition && send.sent > end.end,
                (send, end) -> end.offset = send.offset + 1);
    }

    boolean stableEndBackwards() {
        List<PlannedEnd> ends = ends(Isolation.COMMITTED);
        return anyPair(
                ends,
                ends,
                (one, other) -> one.partition == other.partition && one.end < other.begin && one.offset > 0,
                (one, other) -> other.offset = one.offset - 1);
    }

    boolean staleFetch() {
        return anyPair(
                placed(Planting::isAnswered),
                polls(Isolation.UNCOMMITTED),
                (send, poll) -> poll.partition == send.partition && poll.logEnd >= 0 && send.acknowledged < poll.begin,
                (send, poll) -> {
                    poll.logEnd = send.offset;
                    poll.got.removeIf(got -> got.offset >= send.offset);
                });
    }

    boolean futureFetch() {
        return anyPair(
                placed(Planting::isKnown),
                polls(Isolation.UNCOMMITTED),
                (send, poll) -> poll.partition == send.partition && send.sent > poll.end,
                this::read);
    }

    boolean readWhatNobodySent() {
        return any(polls(Isolation.COMMITTED), poll -> {
            PlannedSend ghost = ghost(poll.partition, NOBODY_SENT);
            poll.got.add(ghost);
        });
    }

    boolean duplicate() {
        return any(
                placed(send -> send.transaction.committed),
                send -> plan.atEnd.get(send.partition).add(ghost(send.partition, send.value)));
    }

    boolean moveAtTheEnd() {
        return any(placed(send -> send.transaction.committed && isAnswered(send)), send -> {
            plan.atEnd.get(send.partition).remove(send);
            plan.atEnd.get(send.partition).add(ghost(send.partition, send.value));
        });
    }

    private static PlannedSend ghost(int partition, long value) {
        PlannedSend ghost = new PlannedSend(new PlannedTransaction("nobody", true, 0), partition, value, 0);
        ghost.offset = BEHIND_THE_END;
        return ghost;
    }

    private void read(PlannedSend send, PlannedPoll poll) {
        poll.got.add(send);
        poll.sort();
    }

    private List<PlannedSend> placed(Predicate<PlannedSend> which) {
        return plan.placed().stream()
                .filter(which)
                .sorted(Comparator.comparingLong(send -> send.offset))
                .toList();
    }

    private List<PlannedPoll> polls(Isolation isolation) {
        return plan.polls.stream()
                .filter(poll -> poll.end != NEVER && poll.isolation == isolation)
                .toList();
    }

    private List<PlannedEnd> ends(Isolation isolation) {
        return plan.ends.stream()
                .filter(end -> end.end != NEVER && end.isolation == isolation)
                .toList();
    }

    private <A> boolean any(List<A> candidates, Consumer<A> change) {
        if (candidates.isEmpty()) {
            return false;
        }
        change.accept(candidates.get(random.nextInt(candidates.size())));
        return true;
    }

    private <A, B> boolean anyPair(List<A> first, List<B> second, BiPredicate<A, B> fits, BiConsumer<A, B> change) {
        List<Runnable> changes = new ArrayList<>();
        for (A a : first) {
            for (B b : second) {
                if (fits.test(a, b)) {
                    changes.add(() -> change.accept(a, b));
                }
            }
        }
        return any(changes, Runnable::run);
    }

    private static boolean spans(PlannedPoll poll, long offset) {
        return poll.got.size() > 1
                && poll.got.get(0).offset < offset
                && poll.got.get(poll.got.size() - 1).offset > offset;
    }

    /** Whether the poll's reader got something before and after this record. */
    private boolean isInside(PlannedPoll poll, PlannedSend send) {
        List<PlannedSend> all = readBy(poll);
        return all.get(0) != send && all.get(all.size() - 1) != send;
    }

    private boolean isInsideTransaction(PlannedPoll poll, PlannedSend send) {
        List<PlannedSend> all = readBy(poll);
        int at = all.indexOf(send);
        PlannedTransaction before = transactionThatGot(poll, all.get(at - 1));
        return !before.alone && before == transactionThatGot(poll, all.get(at + 1));
    }

    private PlannedTransaction transactionThatGot(PlannedPoll like, PlannedSend send) {
        return polls(like.isolation).stream()
                .filter(poll -> poll.reader.equals(like.reader) && poll.got.contains(send))
                .findFirst()
                .orElseThrow()
                .transaction;
    }

    private List<PlannedSend> readBy(PlannedPoll like) {
        return polls(like.isolation).stream()
                .filter(poll -> poll.reader.equals(like.reader) && poll.partition == like.partition)
                .flatMap(poll -> poll.got.stream())
                .toList();
    }

    /** Whether a reader gets another record of the same transaction. */
    private boolean readsMore(String reader, PlannedSend send) {
        return !send.transaction.alone
                && plan.polls.stream()
                        .filter(poll -> poll.end != NEVER && poll.reader.equals(reader))
                        .flatMap(poll -> poll.got.stream())
                        .anyMatch(got -> got != send && got.transaction == send.transaction);
    }

    static boolean isPlaced(PlannedSend send) {
        return send.offset >= 0;
    }

    static boolean isAnswered(PlannedSend send) {
        return send.acknowledged != NEVER;
    }

    /** Whether the history shows where it stands. */
    static boolean isKnown(PlannedSend send) {
        return isAnswered(send) || send.transaction.committed;
    }

    static boolean areCommitted(PlannedSend one, PlannedSend other) {
        return one.transaction.committed && other.transaction.committed;
    }

    static boolean areAlone(PlannedSend one, PlannedSend other) {
        return one.transaction.alone && other.transaction.alone;
    }

    static boolean isCommittedInTransaction(PlannedSend send) {
        return !send.transaction.alone && send.transaction.committed;
    }

    static boolean isKnownToBeCommitted(PlannedSend send) {
        return send.transaction.alone
                ? isAnswered(send)
                : send.transaction.committed && send.transaction.ended != NEVER && isAnswered(send);
    }

    static boolean sameProcess(PlannedSend one, PlannedSend other) {
        return one.transaction.process.equals(other.transaction.process);
    }

    /** Whether the first is the last of several of its transaction, and the second another's. */
    static boolean endsAndBeginsTransaction(PlannedSend one, PlannedSend other) {
        return areCommitted(one, other)
                && one.transaction != other.transaction
                && one.transaction.sends.stream()
                        .anyMatch(send -> send != one
                                && send.partition == one.partition
                                && isPlaced(send)
                                && send.offset < one.offset);
    }
}
