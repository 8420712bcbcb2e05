package io.tailrace.server.api;

import io.tailrace.coordination.CoordinationException;
import io.tailrace.coordination.TopicException;
import io.tailrace.protocol.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The changes in one request, each with its outcome. A refused change does not stop the others. For one thread at a time.
 *
 * @param <T> a requested change
 */
final class ChangeOutcomes<T> {
    /** Changes that one request can make. */
    static final int CHANGES_MAX = 1000;

    /** No change is begun after this time, because the request holds a thread. */
    static final long WORK_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    /** The protocol's strings have at most 32,767 bytes, and an error may quote what the client sent. */
    private static final int MESSAGE_CHARS_MAX = 1000;

    private static final Outcome DONE = new Outcome(ErrorCode.NONE, null);

    private final List<Change<T>> changes = new ArrayList<>();

    private ChangeOutcomes() {}

    /**
     * The outcome of a change.
     *
     * @param error NONE if it was made
     * @param message for people; null if there is nothing to add
     */
    record Outcome(ErrorCode error, @Nullable String message) {
        Outcome {
            if (message != null && message.length() > MESSAGE_CHARS_MAX) {
                message = message.substring(0, MESSAGE_CHARS_MAX) + "...";
            }
        }
    }

    private record Change<T>(T requested, Outcome outcome) {}

    /**
     * Makes each of the changes. Blocks as the change does, and begins none after 30 seconds.
     *
     * @param name the name of the changed resource; if a request names it twice, the second change is refused
     * @param change throws {@link TopicException} or {@link CoordinationException} if it cannot be made
     * @param nanoClock as {@link System#nanoTime}
     */
    static <T> ChangeOutcomes<T> of(
            Collection<T> requested, Function<T, String> name, Consumer<T> change, LongSupplier nanoClock) {
        ChangeOutcomes<T> outcomes = new ChangeOutcomes<>();
        Set<String> names = new HashSet<>();
        long begunNanos = nanoClock.getAsLong();
        for (T each : requested) {
            Outcome outcome;
            if (names.size() >= CHANGES_MAX) {
                outcome = new Outcome(
                        ErrorCode.POLICY_VIOLATION,
                        "expected at most " + CHANGES_MAX + " changes in a request: send this one in another");
            } else if (!names.add(name.apply(each))) {
                outcome = new Outcome(ErrorCode.INVALID_REQUEST, name.apply(each) + " is named twice in the request");
            } else if (nanoClock.getAsLong() - begunNanos > WORK_NANOS_MAX) {
                outcome = new Outcome(
                        ErrorCode.REQUEST_TIMED_OUT,
                        "not begun: earlier changes of the request took too long, try again");
            } else {
                outcome = outcome(each, change);
            }
            outcomes.changes.add(new Change<>(each, outcome));
        }
        return outcomes;
    }

    /** No change was made: too many requests wait. */
    static <T> ChangeOutcomes<T> overloaded(Collection<T> requested) {
        ChangeOutcomes<T> outcomes = new ChangeOutcomes<>();
        Outcome outcome = new Outcome(ErrorCode.REQUEST_TIMED_OUT, BlockingCalls.OVERLOADED);
        requested.forEach(each -> outcomes.changes.add(new Change<>(each, outcome)));
        return outcomes;
    }

    private static <T> Outcome outcome(T requested, Consumer<T> change) {
        try {
            change.accept(requested);
            return DONE;
        } catch (TopicException e) {
            return new Outcome(e.error(), e.getMessage());
        } catch (CoordinationException e) {
            return new Outcome(ErrorCode.REQUEST_TIMED_OUT, e.getMessage());
        }
    }

    /** The changes that were made. */
    List<T> made() {
        return changes.stream()
                .filter(each -> each.outcome().equals(DONE))
                .map(Change::requested)
                .toList();
    }

    /** Answers the changes that were made as timed out, unless {@code inForce}. */
    ChangeOutcomes<T> confirm(boolean inForce, String messageIfNot) {
        if (!inForce) {
            Outcome timedOut = new Outcome(ErrorCode.REQUEST_TIMED_OUT, messageIfNot);
            changes.replaceAll(each -> each.outcome().equals(DONE) ? new Change<>(each.requested(), timedOut) : each);
        }
        return this;
    }

    /** The answers, in the order of the request. */
    <A> List<A> answers(BiFunction<T, Outcome, A> answer) {
        return changes.stream()
                .map(each -> answer.apply(each.requested(), each.outcome()))
                .toList();
    }
}
