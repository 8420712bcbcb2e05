package io.tailrace.server.monitor;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all shards of groups or transactions of this broker answer to one question, for the metrics of a scrape. They are asked once
 * for all metrics of a scrape, even if they do not answer in time. Thread-safe.
 *
 * @param <A> the answer of a shard
 * @param <T> what is made of them
 */
final class ShardAnswers<A, T> {
    private static final Logger LOG = LoggerFactory.getLogger(ShardAnswers.class);
    private static final long ANSWER_MS_MAX = 2_000;

    /** The age in ms at which a question is asked again: longer than the two other questions of a scrape may take together. */
    private static final long AGE_MS_MAX = 2 * ANSWER_MS_MAX + 1_000;

    private final Consumer<Consumer<List<A>>> question;
    private final Summary<A, T> summary;
    private final LongSupplier steadyMs;

    /** Guarded by this object's monitor, as is {@link #askedMs}. */
    private T value;

    private long askedMs = Long.MIN_VALUE;

    /** Makes one value of the answers. */
    @FunctionalInterface
    interface Summary<A, T> {
        /**
         * The value of a scrape.
         *
         * @param answers empty if the shards have not answered in time
         * @param last the value of the scrape before
         */
        T of(Optional<List<A>> answers, T last);
    }

    /**
     * Nothing is asked yet.
     *
     * @param question asks the shards; gets the consumer of their answers
     * @param none the value before the first scrape
     */
    ShardAnswers(Consumer<Consumer<List<A>>> question, T none, Summary<A, T> summary, LongSupplier steadyMs) {
        this.question = question;
        this.summary = summary;
        this.steadyMs = steadyMs;
        value = none;
    }

    /** The value for the scrape in progress. */
    synchronized T get() {
        if (askedMs == Long.MIN_VALUE || steadyMs.getAsLong() - askedMs > AGE_MS_MAX) {
            Optional<List<A>> answers = Optional.empty();
            try {
                answers = ask();
            } finally {
                // A failure, too, counts for all metrics of the scrape.
                value = summary.of(answers, value);
                askedMs = steadyMs.getAsLong();
            }
        }
        return value;
    }

    private Optional<List<A>> ask() {
        CompletableFuture<List<A>> answers = new CompletableFuture<>();
        question.accept(answers::complete);
        try {
            return Optional.of(answers.get(ANSWER_MS_MAX, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            LOG.warn(
                    "Groups or transactions are missing in the metrics, their shards did not answer within {} ms",
                    ANSWER_MS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("answers of shards cannot fail", e);
        }
        return Optional.empty();
    }
}
