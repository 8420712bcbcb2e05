package io.tailrace.server.fetch;

import io.tailrace.protocol.message.FetchRequest;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A topic as a client names it.
 *
 * @param name null if the client names it by id
 * @param id all zeros if the client names it by name
 */
record FetchedTopic(@Nullable String name, UUID id) {
    private static final UUID NO_ID = new UUID(0, 0);

    static FetchedTopic of(FetchRequest.Topic topic, Requester requester) {
        return of(topic.topic(), topic.topicId(), requester);
    }

    static FetchedTopic of(FetchRequest.ForgottenTopic topic, Requester requester) {
        return of(topic.topic(), topic.topicId(), requester);
    }

    private static FetchedTopic of(String name, UUID id, Requester requester) {
        return requester.usesTopicIds() ? new FetchedTopic(null, id) : new FetchedTopic(name, NO_ID);
    }
}
