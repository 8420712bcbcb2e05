package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Changes that one request asks for, tried one after another: each is made or refused for itself.
 *
 * @param <T> what is to be changed
 */
final class Attempts<T> {
    private static final Outcome DONE = new Outcome(ErrorCode.NONE, null);

    private final List<Attempt<T>> attempts = new ArrayList<>();

    private Attempts() {}

    /**
     * What came of a change.
     *
     * @param error NONE if it was made
     * @param message for people, null for nothing to add
     */
    record Outcome(ErrorCode error, @Nullable String message) {}

    private record Attempt<T>(T what, Outcome outcome) {}

    /** Makes a change of each. Blocks as the change does. */
    static <T> Attempts<T> of(Collection<T> all, Consumer<T> change) {
        Attempts<T> attempts = new Attempts<>();
        for (T each : all) {
            attempts.attempts.add(new Attempt<>(each, outcome(each, change)));
        }
        return attempts;
    }

    private static <T> Outcome outcome(T what, Consumer<T> change) {
        try {
            change.accept(what);
            return DONE;
        } catch (TopicException e) {
            return new Outcome(e.error(), e.getMessage());
        } catch (CoordinationException e) {
            return new Outcome(ErrorCode.REQUEST_TIMED_OUT, e.getMessage());
        }
    }

    /** Waits until those that were made are in force. If {@code awaitAll} says no, they are answered as timed out. */
    Attempts<T> await(Predicate<List<T>> awaitAll, String ifNot) {
        List<T> made = attempts.stream()
                .filter(attempt -> attempt.outcome().equals(DONE))
                .map(Attempt::what)
                .toList();
        if (!awaitAll.test(made)) {
            attempts.replaceAll(attempt -> attempt.outcome().equals(DONE)
                    ? new Attempt<>(attempt.what(), new Outcome(ErrorCode.REQUEST_TIMED_OUT, ifNot))
                    : attempt);
        }
        return this;
    }

    /** The answers, in the order of the request. */
    <A> List<A> answers(BiFunction<T, Outcome, A> answer) {
        return attempts.stream()
                .map(attempt -> answer.apply(attempt.what(), attempt.outcome()))
                .toList();
    }
}
