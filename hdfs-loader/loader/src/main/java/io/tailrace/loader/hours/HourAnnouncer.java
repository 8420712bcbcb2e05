package io.tailrace.loader.hours;

import java.io.IOException;
import java.util.List;

/** Announces verdicts to schedulers. The last one of an hour is valid. After a crash, verdicts can be announced again. */
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
