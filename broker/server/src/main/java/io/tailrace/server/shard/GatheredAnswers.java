package io.tailrace.server.shard;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects the answers of several shards or groups. Thread-safe.
 *
 * @param <A> the answer of one
 */
public final class GatheredAnswers<A> {
    private final List<@Nullable A> answers;
    private final AtomicInteger missing;
    private final Consumer<List<A>> whenComplete;

    /**
     * @param count how many answers there will be; with 0 the list is complete at once
     * @param whenComplete called once, on the thread that gives the last answer, with the answers in order of their places
     */
    public GatheredAnswers(int count, Consumer<List<A>> whenComplete) {
        this.answers = Collections.synchronizedList(new ArrayList<>(Collections.nCopies(count, null)));
        this.missing = new AtomicInteger(count);
        this.whenComplete = whenComplete;
        if (count == 0) {
            whenComplete.accept(List.of());
        }
    }

    /** Takes the answer that belongs in this place, from 0. It must be given once. */
    public Consumer<A> place(int index) {
        return answer -> {
            answers.set(index, answer);
            if (missing.decrementAndGet() == 0) {
                whenComplete.accept(
                        answers.stream().map(Objects::requireNonNull).toList());
            }
        };
    }
}
