package io.tailrace.loader.run;

import io.tailrace.loader.commit.Publisher;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads one topic, and repeats the run, or what could not be published, after a failure that may pass. Whatever happens is this
 * topic's outcome; it is not thrown, so it cannot stop another topic. Used by one thread.
 */
public final class TopicLoad {
    private static final Logger log = LoggerFactory.getLogger(TopicLoad.class);

    private final String topic;
    private final Run run;
    private final Retries retries;
    private int repetitions;

    /** A run that can be repeated from the commits, as they are by then. */
    public interface Run {
        /** Commits what there is to load, and publishes it. */
        LoadResult run() throws IOException;

        /**
         * Publishes what is committed and not published yet.
         *
         * @return what could not be published
         * @throws IOException if the commits or marks cannot be read
         */
        List<Publisher.Failure> publish() throws IOException;
    }

    public TopicLoad(String topic, Run run, Retries retries) {
        this.topic = topic;
        this.run = run;
        this.retries = retries;
    }

    /** Loads the topic. */
    public TopicOutcome load() {
        try {
            LoadResult result = runUntilCommitted();
            return new TopicOutcome(topic, publishUntilDone(result), null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new TopicOutcome(topic, null, new IOException("interrupted", e));
        } catch (Exception | Error e) {
            // Also a StackOverflowError of a deep schema, and a lack of memory: the outcome names the topic.
            log.error("load of a topic failed: topic {}, {}", topic, Failures.message(e), e);
            return new TopicOutcome(topic, null, e);
        }
    }

    private LoadResult runUntilCommitted() throws IOException, InterruptedException {
        while (true) {
            try {
                return run.run();
            } catch (IOException | RuntimeException e) {
                if (!mayRepeat(e)) {
                    throw e;
                }
                pause("load", e);
            }
        }
    }

    private LoadResult publishUntilDone(LoadResult result) {
        List<Publisher.Failure> failures = result.failures();
        try {
            while (!failures.isEmpty() && failures.stream().allMatch(failure -> mayRepeat(failure.cause()))) {
                pause("publication", failures.get(0).cause());
                failures = run.publish();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException e) {
            log.error("publication failed: topic {}, {}", topic, Failures.message(e), e);
        }
        return result.withFailures(failures);
    }

    private boolean mayRepeat(Throwable failure) {
        return repetitions < retries.max()
                && Failures.isTransient(failure)
                && !Thread.currentThread().isInterrupted();
    }

    private void pause(String what, Throwable failure) throws InterruptedException {
        long pauseMs = retries.pauseMs(++repetitions);
        log.warn(
                "{} failed, repeating it: topic {}, repetition {} of {}, in {} ms: {}",
                what,
                topic,
                repetitions,
                retries.max(),
                pauseMs,
                Failures.message(failure));
        retries.pause().pause(pauseMs);
    }
}
