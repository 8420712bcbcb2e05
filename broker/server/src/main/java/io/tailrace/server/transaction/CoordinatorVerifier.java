package io.tailrace.server.transaction;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.server.shard.Alarms;
import io.tailrace.transactions.AddPartitions;
import io.tailrace.transactions.VerifyPartitions;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Asks the coordinator on this broker, or the broker that has it. Thread-safe.
 *
 * <p>A producer begins its next transaction once the end of the last one is decided, when markers are still on their way. The question
 * is then asked again for a while: it takes less time than if the client tried again.
 */
final class CoordinatorVerifier implements TransactionVerifier {
    /** Questions without an answer. Clients are told to try others again. */
    static final int QUESTIONS_MAX = 10_000;

    private static final long ASK_AGAIN_MS_MIN = 2;
    /** The pauses are 2, 4, 8, 16 and 32 ms, and 32 ms twice more. */
    private static final int ASK_AGAIN_MAX = 7;

    private static final int ASK_AGAIN_DOUBLINGS_MAX = 4;
    private static final short VERSION_2 = 2;

    private final int self;
    private final TransactionCoordinator coordinator;
    private final Coordinators coordinators;
    private final VerificationNetwork network;
    private final Alarms alarms;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Map<Integer, VerificationLane> lanes = new ConcurrentHashMap<>();

    CoordinatorVerifier(
            int self,
            TransactionCoordinator coordinator,
            Coordinators coordinators,
            VerificationNetwork network,
            Alarms alarms) {
        this.self = self;
        this.coordinator = coordinator;
        this.coordinators = coordinators;
        this.network = network;
        this.alarms = alarms;
    }

    /** Finds coordinators. */
    interface Coordinators {
        /** There is no coordinator now. */
        int NONE = -1;

        /** The broker that coordinates a transactional id, or {@link #NONE}. */
        int of(String transactionalId);
    }

    @Override
    public void verify(Question question, Consumer<Map<TopicPartition, ErrorCode>> answer) {
        if (unanswered.incrementAndGet() > QUESTIONS_MAX) {
            unanswered.decrementAndGet();
            answer.accept(shown(question, partition -> ErrorCode.NETWORK_EXCEPTION));
            return;
        }
        ask(question, 0, errors -> {
            unanswered.decrementAndGet();
            answer.accept(shown(question, errors));
        });
    }

    private void ask(Question question, int attempt, Consumer<Errors> last) {
        Consumer<Errors> answer = errors -> {
            if (attempt < ASK_AGAIN_MAX && question.client().adds() && isConcurrent(question, errors)) {
                long pauseMs = ASK_AGAIN_MS_MIN << Math.min(attempt, ASK_AGAIN_DOUBLINGS_MAX);
                var unused = alarms.set(pauseMs, () -> ask(question, attempt + 1, last));
            } else {
                last.accept(errors);
            }
        };
        int broker = coordinators.of(question.transactionalId());
        if (broker == Coordinators.NONE) {
            answer.accept(partition -> ErrorCode.COORDINATOR_NOT_AVAILABLE);
        } else if (broker == self) {
            askSelf(question, answer);
        } else {
            lanes.computeIfAbsent(broker, id -> new VerificationLane(id, network))
                    .ask(question, answer);
        }
    }

    private static boolean isConcurrent(Question question, Errors errors) {
        return question.partitions().stream().anyMatch(each -> errors.of(each) == ErrorCode.CONCURRENT_TRANSACTIONS);
    }

    /** The error for each partition. */
    interface Errors {
        ErrorCode of(TopicPartition partition);
    }

    private void askSelf(Question question, Consumer<Errors> answer) {
        String id = question.transactionalId();
        if (question.client().adds()) {
            AddPartitions added = new AddPartitions(id, question.producer(), question.partitions(), VERSION_2);
            var unused = coordinator.submit(id, added, error -> answer.accept(partition -> error));
        } else {
            VerifyPartitions verified = new VerifyPartitions(id, question.producer(), question.partitions());
            var unused = coordinator.submit(
                    id,
                    verified,
                    errors ->
                            answer.accept(partition -> errors.getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR)));
        }
    }

    private static Map<TopicPartition, ErrorCode> shown(Question question, Errors errors) {
        UnaryOperator<ErrorCode> shown = question.client()::shown;
        Map<TopicPartition, ErrorCode> all = new HashMap<>();
        question.partitions().forEach(each -> all.put(each, shown.apply(errors.of(each))));
        return all;
    }
}
