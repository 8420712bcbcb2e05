package io.tailrace.loader;

import io.tailrace.loader.run.TopicOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Loads topics beside each other, each on a thread. */
final class ParallelTopics {
    /** How long interrupted topics may take to end before the services they use are closed. */
    private static final int STOP_SECONDS_MAX = 5;

    private ParallelTopics() {}

    /** Loads a topic. An outcome names what went wrong; only a defect of the loader throws. */
    @FunctionalInterface
    interface Load {
        TopicOutcome load(String topic);
    }

    /**
     * Loads topics.
     *
     * @param parallel topics that are loaded at once
     * @return the outcomes, in the order of the topics
     * @throws IOException if the thread is interrupted; the topics are, too
     */
    static List<TopicOutcome> load(List<String> topics, int parallel, Load load) throws IOException {
        ExecutorService threads = Executors.newFixedThreadPool(Math.max(1, Math.min(parallel, topics.size())));
        try {
            List<Future<TopicOutcome>> futures = new ArrayList<>();
            for (String topic : topics) {
                futures.add(threads.submit(() -> load.load(topic)));
            }
            List<TopicOutcome> outcomes = new ArrayList<>();
            for (Future<TopicOutcome> future : futures) {
                outcomes.add(future.get());
            }
            return outcomes;
        } catch (InterruptedException e) {
            stop(threads);
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while loading", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("loading a topic threw an exception", e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    private static void stop(ExecutorService threads) {
        threads.shutdownNow();
        try {
            boolean unused = threads.awaitTermination(STOP_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
