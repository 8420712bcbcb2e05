package io.tailrace.agent.delivery;

import io.tailrace.client.ProducerRecord;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A record to be sent.
 *
 * @param record what is sent
 * @param eventTimeMs the time under which it is counted
 * @param rejectedFrom for a dead letter, the topic that the line was meant for; else null
 * @param ifRefused makes the record to send instead, given the reason, if the brokers refuse this one for its content;
 *     null if there is none
 */
public record OutgoingRecord(
        ProducerRecord record,
        long eventTimeMs,
        @Nullable String rejectedFrom,
        @Nullable Function<String, OutgoingRecord> ifRefused) {
    public String topic() {
        return record.topic();
    }
}
