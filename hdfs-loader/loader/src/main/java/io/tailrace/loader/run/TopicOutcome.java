package io.tailrace.loader.run;

import io.tailrace.loader.commit.Publisher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How the load of one topic ended.
 *
 * @param topic the topic
 * @param loaded what was committed; null if the load failed before it committed
 * @param failure why nothing was committed, or null
 */
public record TopicOutcome(
        String topic, @Nullable LoadResult loaded, @Nullable Throwable failure) {

    /** What was committed, if the load got that far. */
    public Optional<LoadResult> result() {
        return Optional.ofNullable(loaded);
    }

    /** Whether all records are loaded and published everywhere, and the files of complete hours are merged. */
    public boolean isComplete() {
        return problems().isEmpty();
    }

    /** What went wrong, one sentence each; empty if the load is complete. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (failure != null) {
            problems.add(Failures.message(failure));
        }
        if (loaded != null) {
            for (Publisher.Failure publication : loaded.failures()) {
                problems.add("the rows are committed, but publishing them failed (" + publication.name() + "): "
                        + Failures.message(publication.cause()) + ". The next load repeats it");
            }
            if (loaded.mergeFailure() != null) {
                problems.add(
                        "the rows are loaded, but merging the files of complete hours, or deleting replaced ones, failed: "
                                + Failures.message(loaded.mergeFailure())
                                + ". No row is lost; the next load tries again");
            }
        }
        return problems;
    }

    /** An error of the process, such as a lack of memory, after which it must not go on. */
    public Optional<Error> fatal() {
        return failure instanceof Error error && !(error instanceof StackOverflowError)
                ? Optional.of(error)
                : Optional.empty();
    }
}
