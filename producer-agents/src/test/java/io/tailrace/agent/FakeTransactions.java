package io.tailrace.agent;

import io.tailrace.agent.transaction.PositionTopic;
import io.tailrace.client.ClientException;
import io.tailrace.client.MemberIdentity;
import io.tailrace.client.ProducerRecord;
import io.tailrace.client.RecordMetadata;
import io.tailrace.client.RecordsRefusedException;
import io.tailrace.client.TransactionalProducer;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Brokers and a coordinator of one transactional id, without a network: what is committed, and who has the id. They outlive the agents,
 * each of which has a producer of its own.
 */
final class FakeTransactions implements PositionTopic {
    static final String AGENT_ID = "agent1";
    static final String TOPIC = "positions";

    /** What readers of committed records see. */
    final List<ProducerRecord> committed = new ArrayList<>();

    private @Nullable FakeTransactionalProducer holder;

    /** Whether the coordinator does not answer. */
    boolean isAway;

    /** What becomes of the next commits, in turn; then they succeed. */
    final List<Fault> faults = new ArrayList<>();

    /** What happens instead of a commit. */
    enum Fault {
        /** It is committed, and the answer is lost. */
        LOST_ANSWER,
        /** The request is lost. */
        LOST_REQUEST,
        /** The coordinator has aborted it before, and takes the id away. */
        TIMEOUT
    }

    /** Whether readers of committed records would wait. */
    boolean isTransactionOpen() {
        return holder != null && holder.isOpen;
    }

    FakeTransactionalProducer newProducer() {
        return new FakeTransactionalProducer(this);
    }

    /** Ends the transaction that is open, and takes the id from its producer, as the coordinator does after the timeout. */
    void expire() {
        if (holder != null) {
            holder.undecided.clear();
        }
        holder = null;
    }

    @Override
    public Positions read(long fromOffset) {
        Map<String, byte[]> values = new HashMap<>();
        String prefix = AGENT_ID + "\n";
        for (ProducerRecord record :
                committed.subList((int) Math.min(fromOffset, committed.size()), committed.size())) {
            if (!record.topic().equals(TOPIC)) {
                continue;
            }
            String key = new String(Objects.requireNonNull(record.key()), StandardCharsets.UTF_8);
            if (key.startsWith(prefix) && record.value() == null) {
                values.remove(key.substring(prefix.length()));
            } else if (key.startsWith(prefix)) {
                values.put(key.substring(prefix.length()), record.value());
            }
        }
        return new Positions(0, values, committed.size());
    }

    /** A producer of the transactional id. */
    static final class FakeTransactionalProducer extends FakeProducer implements TransactionalProducer {
        private final FakeTransactions brokers;
        private final List<ProducerRecord> undecided = new ArrayList<>();
        private final Set<RecordsRefusedException> refusals = new HashSet<>();
        private boolean isOpen;
        private boolean mustTakeId = true;
        private @Nullable CompletableFuture<Void> commit;

        private FakeTransactionalProducer(FakeTransactions brokers) {
            super(brokers.committed);
            this.brokers = brokers;
        }

        @Override
        public CompletableFuture<Void> initTransactions() {
            beforeSend.run();
            if (commit != null) {
                throw new IllegalStateException("a commit is in progress");
            }
            if (brokers.isAway) {
                return failed(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            }
            brokers.expire();
            brokers.holder = this;
            isOpen = false;
            mustTakeId = false;
            refusals.clear();
            List<Sent> dropped = List.copyOf(pending);
            pending.clear();
            dropped.forEach(sent -> sent.batch()
                    .answer
                    .completeExceptionally(
                            new ClientException(ErrorCode.OPERATION_NOT_ATTEMPTED, "the id was taken again")));
            return CompletableFuture.completedFuture(null);
        }

        private static <T> CompletableFuture<T> failed(ErrorCode error) {
            return CompletableFuture.failedFuture(new ClientException(error, "by the test"));
        }

        @Override
        public void begin() {
            beforeSend.run();
            if (isOpen || mustTakeId) {
                throw new IllegalStateException(isOpen ? "a transaction is open" : "the id is not taken");
            }
            isOpen = true;
        }

        @Override
        CompletableFuture<RecordMetadata> send(Batch batch) {
            return isOpen && !mustTakeId && commit == null ? super.send(batch) : failed(ErrorCode.INVALID_TXN_STATE);
        }

        @Override
        void write(ProducerRecord record) {
            if (brokers.holder == this) {
                undecided.add(record);
            }
        }

        @Override
        void refuse(Batch batch, RecordsRefusedException failure) {
            refusals.add(failure);
            super.refuse(batch, failure);
        }

        @Override
        public void acceptRefusal(RecordsRefusedException refusal) {
            refusals.remove(refusal);
        }

        @Override
        public CompletableFuture<Void> sendOffsets(
                String group, Map<TopicPartition, Long> offsets, MemberIdentity member) {
            throw new IllegalStateException("not used by the agent");
        }

        @Override
        public CompletableFuture<Void> commit() {
            beforeSend.run();
            if (!isOpen || commit != null) {
                throw new IllegalStateException("no transaction to commit");
            }
            CompletableFuture<Void> answer = new CompletableFuture<>();
            commit = answer;
            if (!holding) {
                answerCommit();
            }
            return answer;
        }

        @Override
        public CompletableFuture<Void> abort() {
            throw new IllegalStateException("not used by the agent");
        }

        @Override
        int unanswered() {
            return pending.size() + (commit == null ? 0 : 1);
        }

        @Override
        void answer(int count) {
            super.answer(count);
            if (count > 0) {
                answerCommit();
            }
        }

        /** Answers the commit once all records are answered. */
        private void answerCommit() {
            CompletableFuture<Void> answer = commit;
            if (answer == null || !pending.isEmpty()) {
                return;
            }
            commit = null;
            ErrorCode error = decide(brokers.faults.isEmpty() ? null : brokers.faults.remove(0));
            if (error == ErrorCode.NONE) {
                isOpen = false;
                answer.complete(null);
            } else {
                mustTakeId = true;
                answer.completeExceptionally(new ClientException(error, "by the test"));
            }
        }

        private ErrorCode decide(@Nullable Fault fault) {
            if (!refusals.isEmpty()) {
                return refusals.iterator().next().errorCode();
            }
            if (fault == Fault.TIMEOUT) {
                brokers.expire();
            }
            if (brokers.holder != this) {
                return ErrorCode.PRODUCER_FENCED;
            }
            if (fault != Fault.LOST_REQUEST) {
                brokers.committed.addAll(undecided);
                undecided.clear();
            }
            return fault == null ? ErrorCode.NONE : ErrorCode.REQUEST_TIMED_OUT;
        }

        /** The last of what reaches the brokers may be the commit. */
        @Override
        void writeWithoutAnswer(int count) {
            boolean reachesCommit = commit != null && count > pending.size() && brokers.holder == this;
            int toWrite = undecided.size() + pending.size();
            super.writeWithoutAnswer(count);
            if (reachesCommit && refusals.isEmpty() && undecided.size() == toWrite) {
                brokers.committed.addAll(undecided);
                undecided.clear();
            }
        }
    }
}
