package io.tailrace.replication.simulation;

import java.util.Optional;
import java.util.function.Function;

/** Cuts a schedule that breaks something down to steps of which none can be left out (delta debugging). */
final class Shrinker {
    private final Function<Schedule, Optional<String>> failure;

    /** @param failure what is wrong with the history of a schedule, if anything is */
    Shrinker(Function<Schedule, Optional<String>> failure) {
        this.failure = failure;
    }

    /** The smallest schedule found. What it breaks may be something else than what the whole one does. */
    Schedule shrink(Schedule failing) {
        Schedule smallest = failing;
        for (int length = smallest.steps().size() / 2; length > 0; length /= 2) {
            smallest = withoutPartsOf(smallest, length);
        }
        return smallest;
    }

    /** Leaves parts of this length out for as long as one can be. */
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
