package io.tailrace.agent.delivery;

import io.tailrace.client.Producer;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says why records are not acknowledged. */
final class Obstacle {
    private Obstacle() {}

    /**
     * The reason, as far as it is known.
     *
     * @param lastFailure of records that are sent again; null if none has failed since others were acknowledged
     * @param topic of records that the producer has
     */
    static String of(Producer producer, @Nullable Throwable lastFailure, Optional<String> topic) {
        if (lastFailure != null) {
            return Objects.requireNonNullElse(lastFailure.getMessage(), lastFailure.toString());
        }
        return topic.flatMap(producer::obstacle).map(Throwable::getMessage).orElse("brokers have not answered yet");
    }
}
