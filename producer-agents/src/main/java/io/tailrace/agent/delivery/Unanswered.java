package io.tailrace.agent.delivery;

import io.tailrace.client.RecordMetadata;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** What was sent and not answered yet. Not thread-safe; the producer's threads only wake the agent. */
final class Unanswered<T> {
    private final Runnable wakeUp;
    private final List<Sent<T>> all = new ArrayList<>();

    private record Sent<T>(T what, CompletableFuture<RecordMetadata> answer) {}

    /** @param wakeUp called by any thread when there is an answer to read */
    Unanswered(Runnable wakeUp) {
        this.wakeUp = wakeUp;
    }

    // The future itself is read later, by the agent's thread.
    @SuppressWarnings("FutureReturnValueIgnored")
    void add(T what, CompletableFuture<RecordMetadata> answer) {
        all.add(new Sent<>(what, answer));
        answer.whenComplete((metadata, failure) -> wakeUp.run());
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** What was sent first of that which is not answered. */
    Optional<T> first() {
        return all.isEmpty() ? Optional.empty() : Optional.of(all.get(0).what);
    }

    /** Removes what is answered, and passes it on in the order in which it was sent. */
    void readAnswers(Consumer<T> acknowledged, BiConsumer<T, Throwable> failed) {
        List<Sent<T>> answered = new ArrayList<>();
        for (Iterator<Sent<T>> each = all.iterator(); each.hasNext(); ) {
            Sent<T> sent = each.next();
            if (sent.answer.isDone()) {
                each.remove();
                answered.add(sent);
            }
        }
        for (Sent<T> sent : answered) {
            try {
                sent.answer.join();
                acknowledged.accept(sent.what);
            } catch (CompletionException e) {
                failed.accept(sent.what, e.getCause() == null ? e : e.getCause());
            }
        }
    }
}
