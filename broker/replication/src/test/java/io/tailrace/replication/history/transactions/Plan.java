package io.tailrace.replication.history.transactions;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.history.History.Entry;
import io.tailrace.replication.history.transactions.Poll.Part;
import io.tailrace.replication.history.transactions.TransactionHistory.Isolation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A history that can still be changed, before it is reported operation by operation. A time of {@link #NEVER} has no event. */
final class Plan {
    static final long NEVER = Long.MAX_VALUE;

    static final class PlannedTransaction {
        final String process;
        final boolean alone;
        final List<PlannedSend> sends = new ArrayList<>();
        final List<PlannedPoll> polls = new ArrayList<>();
        long begin;
        long commitAsked = NEVER;
        long ended = NEVER;
        boolean committed;

        PlannedTransaction(String process, boolean alone, long begin) {
            this.process = process;
            this.alone = alone;
            this.begin = begin;
        }
    }

    static final class PlannedSend {
        final PlannedTransaction transaction;
        final int partition;
        final long value;
        final long sent;
        long acknowledged = NEVER;
        long failed = NEVER;
        long offset = -1;

        PlannedSend(PlannedTransaction transaction, int partition, long value, long sent) {
            this.transaction = transaction;
            this.partition = partition;
            this.value = value;
            this.sent = sent;
            transaction.sends.add(this);
        }
    }

    static final class PlannedPoll {
        final PlannedTransaction transaction;
        final String reader;
        final Isolation isolation;
        final int partition;
        final long begin;
        final List<PlannedSend> got = new ArrayList<>();
        long end = NEVER;
        long logEnd = -1;

        PlannedPoll(PlannedTransaction transaction, String reader, Isolation isolation, int partition, long begin) {
            this.transaction = transaction;
            this.reader = reader;
            this.isolation = isolation;
            this.partition = partition;
            this.begin = begin;
            transaction.polls.add(this);
        }

        void sort() {
            got.sort(Comparator.comparingLong(send -> send.offset));
        }
    }

    static final class PlannedEnd {
        final String process;
        final Isolation isolation;
        final int partition;
        final long begin;
        long end = NEVER;
        long offset;

        PlannedEnd(String process, Isolation isolation, int partition, long begin) {
            this.process = process;
            this.isolation = isolation;
            this.partition = partition;
            this.begin = begin;
        }
    }

    private record Event(long at, Runnable report) {}

    /** What was begun, for when it is answered. */
    private static final class Begun<T> {
        private @Nullable T value;

        void set(T begun) {
            value = begun;
        }

        T get() {
            return Objects.requireNonNull(value);
        }
    }

    final List<PlannedTransaction> transactions = new ArrayList<>();
    final List<PlannedPoll> polls = new ArrayList<>();
    final List<PlannedEnd> ends = new ArrayList<>();
    /** What each partition holds at the end. */
    final List<List<PlannedSend>> atEnd = new ArrayList<>();

    private final List<Event> events = new ArrayList<>();
    private final Map<String, Reader> readers = new HashMap<>();

    static TopicPartition partition(int number) {
        return new TopicPartition("web", number);
    }

    /** All sends that stand somewhere. */
    List<PlannedSend> placed() {
        return transactions.stream()
                .flatMap(transaction -> transaction.sends.stream())
                .filter(send -> send.offset >= 0)
                .toList();
    }

    /** Exchanges two records in the log, so that everybody sees each where the other was. */
    void swap(PlannedSend one, PlannedSend other) {
        long offset = one.offset;
        one.offset = other.offset;
        other.offset = offset;
        polls.forEach(PlannedPoll::sort);
        atEnd.forEach(log -> log.sort(Comparator.comparingLong(send -> send.offset)));
    }

    /** Takes a record from the log, so that nobody sees it. */
    void drop(PlannedSend send) {
        polls.forEach(poll -> poll.got.remove(send));
        atEnd.forEach(log -> log.remove(send));
    }

    TransactionHistory<Long> report() {
        TransactionHistory<Long> history = new TransactionHistory<>();
        transactions.forEach(transaction -> plan(history, transaction));
        ends.forEach(end -> plan(history, end));
        events.sort(Comparator.comparingLong(Event::at));
        events.forEach(event -> event.report().run());
        for (int i = 0; i < atEnd.size(); i++) {
            history.atEnd(partition(i), 0, entries(atEnd.get(i)));
        }
        return history;
    }

    private void at(long time, Runnable report) {
        if (time != NEVER) {
            events.add(new Event(time, report));
        }
    }

    private void plan(TransactionHistory<Long> history, PlannedTransaction planned) {
        Begun<Transaction<Long>> begun = new Begun<>();
        if (!planned.alone) {
            at(planned.begin, () -> begun.set(history.begin(planned.process)));
            at(planned.commitAsked, () -> begun.get().committing());
            at(planned.ended, () -> {
                if (planned.committed) {
                    begun.get().committed();
                } else {
                    begun.get().aborted();
                }
            });
        }
        for (PlannedSend send : planned.sends) {
            Begun<Send<Long>> sent = new Begun<>();
            TopicPartition partition = partition(send.partition);
            at(
                    send.sent,
                    () -> sent.set(
                            planned.alone
                                    ? history.send(planned.process, partition, send.value)
                                    : begun.get().send(partition, send.value)));
            at(send.acknowledged, () -> sent.get().acknowledged(send.offset));
            at(send.failed, () -> sent.get().failed());
        }
        for (PlannedPoll poll : planned.polls) {
            Begun<Poll<Long>> polling = new Begun<>();
            at(poll.begin, () -> {
                Reader reader =
                        readers.computeIfAbsent(poll.reader, name -> history.reader(planned.process, poll.isolation));
                polling.set(planned.alone ? history.poll(reader) : begun.get().poll(reader));
            });
            at(poll.end, () -> polling.get().got(Map.of(partition(poll.partition), part(poll))));
        }
    }

    private static Part<Long> part(PlannedPoll poll) {
        return new Part<>(entries(poll.got), poll.logEnd < 0 ? OptionalLong.empty() : OptionalLong.of(poll.logEnd));
    }

    private void plan(TransactionHistory<Long> history, PlannedEnd planned) {
        Begun<EndOffset<Long>> asked = new Begun<>();
        at(
                planned.begin,
                () -> asked.set(history.endOffset(planned.process, partition(planned.partition), planned.isolation)));
        at(planned.end, () -> asked.get().is(planned.offset));
    }

    private static List<Entry<Long>> entries(List<PlannedSend> sends) {
        return sends.stream().map(send -> new Entry<>(send.offset, send.value)).toList();
    }
}
