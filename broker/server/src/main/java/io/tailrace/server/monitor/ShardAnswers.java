package io.tailrace.server.monitor;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queries the shards of groups and transactions for the metrics of a scrape. */
final class ShardAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ShardAnswers.class);
    private static final long ANSWER_MS_MAX = 2_000;

    /**
     * The age in ms at which an answer is requested again. A scrape asks two questions for many metrics, in any order. It asks
     * each only once, even if neither is answered in time.
     */
    static final long AGE_MS_MAX = 2 * ANSWER_MS_MAX + 1_000;

    private ShardAnswers() {}

    /**
     * The answers of all shards of this broker; empty if they do not come in time.
     *
     * @param question asks the shards; gets the consumer of the answers
     */
    static <A> Optional<List<A>> of(Consumer<Consumer<List<A>>> question) {
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
