package io.tailrace.agent.ship;

import io.tailrace.client.ProducerRecord;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A record on its way.
 *
 * @param record what is sent
 * @param eventTimeMs the time under which it is counted
 * @param ifRefused makes another parcel, with the reason, of one that the brokers refuse for what it is; null when
 *     there is nothing else to send
 */
public record Parcel(
        ProducerRecord record, long eventTimeMs, @Nullable Function<String, Parcel> ifRefused) {
    public String topic() {
        return record.topic();
    }
}
