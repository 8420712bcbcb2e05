package io.tailrace.loader.audit;

import java.io.IOException;
import java.util.List;

/** Tells others of verdicts. The last one of an hour is valid; a crash can repeat one. */
@FunctionalInterface
public interface HourAnnouncer {
    /** Announces nothing. */
    HourAnnouncer NONE = (topic, verdicts) -> {};

    /**
     * Announces verdicts of a topic's hours, in order.
     *
     * @throws IOException if not all could be announced; all are repeated
     */
    void announce(String topic, List<HourVerdict> verdicts) throws IOException;
}
