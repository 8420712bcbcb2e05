package io.tailrace.simulation;

import java.util.Optional;
import java.util.function.Function;

/** Reduces a failing schedule to steps of which none can be left out (delta debugging). */
final class Shrinker {
    private final Function<Schedule, Optional<String>> failure;

    /** @param failure what is wrong with the history of a schedule; empty if nothing is */
    Shrinker(Function<Schedule, Optional<String>> failure) {
        this.failure = failure;
    }

    /** The smallest schedule found. It may fail for another reason than the whole one. */
    Schedule shrink(Schedule failing) {
        Schedule smallest = failing;
        for (int length = smallest.steps().size() / 2; length > 0; length /= 2) {
            smallest = withoutPartsOf(smallest, length);
        }
        return smallest;
    }

    /** Removes parts of this length as long as the rest fails. */
    private Schedule withoutPartsOf(Schedule failing, int length) {
        for (int from = 0; from + length <= failing.steps().size(); from++) {
            Schedule fewer = failing.without(from, from + length);
            if (failure.apply(fewer).isPresent()) {
                return withoutPartsOf(fewer, length);
            }
        }
        return failing;
    }
}
