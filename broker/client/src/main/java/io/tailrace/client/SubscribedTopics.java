package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The topics that a consumer subscribes to: by name, or by a pattern that is matched against all topics of the cluster whenever
 * metadata is due. Guarded by the {@link Assignment}'s monitor.
 */
final class SubscribedTopics {
    private final ConsumerContext context;
    private Set<String> topics = Set.of();
    private @Nullable Pattern pattern;
    private boolean inFlight;
    private int failures;
    private long nextMs = Long.MIN_VALUE;

    SubscribedTopics(ConsumerContext context) {
        this.context = context;
    }

    void set(Collection<String> names) {
        topics = new TreeSet<>(names);
        pattern = null;
    }

    void set(Pattern matching) {
        topics = Set.of();
        pattern = matching;
        nextMs = Long.MIN_VALUE;
    }

    Set<String> topics() {
        return topics;
    }

    /** Asks for all topics if that is due. Returns the time by which to call again. */
    long step(long nowMs) {
        if (pattern == null || inFlight) {
            return Long.MAX_VALUE;
        }
        if (nowMs < nextMs) {
            return nextMs;
        }
        inFlight = true;
        Pattern asked = pattern;
        context.completions()
                .whenComplete(
                        context.network()
                                .send(
                                        context.metadata().anyBroker(),
                                        new MetadataRequest(null, false, false, false),
                                        context.timeoutMs()),
                        (answer, failure) -> answered(asked, answer));
        return Long.MAX_VALUE;
    }

    /** Internal topics are never matched. */
    private void answered(Pattern asked, @Nullable MetadataResponse answer) {
        synchronized (context.assignment()) {
            inFlight = false;
            if (!asked.equals(pattern)) {
                return;
            }
            if (answer == null) {
                context.metadata().avoidBroker();
                failures++;
                nextMs = context.time().elapsedMs() + context.backoff().pauseMs(failures);
                return;
            }
            failures = 0;
            nextMs = context.time().elapsedMs() + context.config().client().metadataMaxAgeMs();
            List<String> matching = answer.topics().stream()
                    .filter(topic -> !topic.isInternal())
                    .filter(topic -> topic.errorCode() == ErrorCode.NONE || topics.contains(topic.name()))
                    .map(topic -> Objects.requireNonNull(topic.name()))
                    .filter(name -> asked.matcher(name).matches())
                    .toList();
            topics = new TreeSet<>(matching);
        }
    }
}
