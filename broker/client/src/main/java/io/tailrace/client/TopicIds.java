package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The names of topics by id, looked up when they are needed. Guarded by the {@link Assignment}'s monitor. */
final class TopicIds {
    private final ConsumerContext context;
    private final Map<UUID, String> names = new HashMap<>();
    private final Map<String, UUID> ids = new HashMap<>();
    private final Set<UUID> unknown = new HashSet<>();
    private boolean inFlight;
    private int failures;
    private long nextMs = Long.MIN_VALUE;

    TopicIds(ConsumerContext context) {
        this.context = context;
    }

    Optional<UUID> idOf(String topic) {
        return Optional.ofNullable(ids.get(topic));
    }

    /**
     * The names of these topics; empty until a broker has answered for each of them. A topic that the broker does not know,
     * because it is deleted or very new, is absent and looked up again.
     */
    Optional<Map<UUID, String>> namesOf(Collection<UUID> wanted, long nowMs) {
        Set<UUID> missing = new HashSet<>(wanted);
        missing.removeAll(names.keySet());
        if (!missing.isEmpty() && !inFlight && nowMs >= nextMs) {
            inFlight = true;
            List<MetadataRequest.Topic> asked = missing.stream()
                    .map(id -> new MetadataRequest.Topic(id, null))
                    .toList();
            context.completions()
                    .whenComplete(
                            context.network()
                                    .send(
                                            context.metadata().anyBroker(),
                                            new MetadataRequest(asked, false, false, false),
                                            context.timeoutMs()),
                            this::answered);
        }
        return unknown.containsAll(missing) ? Optional.of(Map.copyOf(names)) : Optional.empty();
    }

    /** Forgets all topics but these. */
    void retain(Set<UUID> wanted, Set<String> owned) {
        names.entrySet().removeIf(topic -> !wanted.contains(topic.getKey()) && !owned.contains(topic.getValue()));
        ids.values().retainAll(names.keySet());
        unknown.retainAll(wanted);
    }

    /** The time by which to ask for names again. */
    long nextMs() {
        return inFlight || failures == 0 ? Long.MAX_VALUE : nextMs;
    }

    private void answered(@Nullable MetadataResponse answer, @Nullable Throwable failure) {
        synchronized (context.assignment()) {
            inFlight = false;
            boolean isComplete = answer != null;
            if (answer == null) {
                context.metadata().avoidBroker();
            } else {
                for (MetadataResponse.Topic topic : answer.topics()) {
                    String name = topic.name();
                    if (topic.errorCode() == ErrorCode.UNKNOWN_TOPIC_ID || name == null) {
                        isComplete = false;
                        unknown.add(topic.topicId());
                    } else {
                        unknown.remove(topic.topicId());
                        names.put(topic.topicId(), name);
                        ids.put(name, topic.topicId());
                    }
                }
            }
            failures = isComplete ? 0 : failures + 1;
            nextMs = isComplete
                    ? Long.MIN_VALUE
                    : context.time().elapsedMs() + context.backoff().pauseMs(failures);
        }
    }
}
