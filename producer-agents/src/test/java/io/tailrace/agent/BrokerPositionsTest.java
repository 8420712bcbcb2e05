package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.agent.transaction.AgentTransactionConfig;
import io.tailrace.client.ClientConfig;
import io.tailrace.client.ClientException;
import io.tailrace.client.Consumer;
import io.tailrace.client.ConsumerRecord;
import io.tailrace.protocol.TopicPartition;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How long an agent reads its positions. */
class BrokerPositionsTest {
    private static final TopicPartition PARTITION = new TopicPartition("positions", 0);
    private static final long POLL_MS = BrokerPositions.STALL_MS_MAX / 2;
    private static final ClientConfig CLIENT = ClientConfig.of("b1:9092");

    private long nowMs;
    private long position;
    /** Where reading stops, exclusive. */
    private long halt = Long.MAX_VALUE;

    private final BrokerPositions positions = new BrokerPositions(
            new AgentTransactionConfig("agent1", "positions", 0),
            new BrokerTopics(CLIENT),
            CLIENT,
            this::newConsumer,
            () -> nowMs * 1_000_000);

    /** Reads one record with each poll, which takes long; whatever else is asked of it fails. */
    private Consumer newConsumer() {
        return (Consumer) Proxy.newProxyInstance(
                Consumer.class.getClassLoader(),
                new Class<?>[] {Consumer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "assign", "close" -> null;
                    case "seek" -> {
                        position = (Long) arguments[1];
                        yield null;
                    }
                    case "position" -> position;
                    case "poll" -> poll();
                    default -> throw new IllegalStateException(method.getName());
                });
    }

    private List<ConsumerRecord> poll() {
        nowMs += POLL_MS;
        if (position == halt) {
            return List.of();
        }
        byte[] key = ("agent1\nkey" + position).getBytes(StandardCharsets.UTF_8);
        return List.of(new ConsumerRecord(PARTITION, position++, 0, key, new byte[0], List.of()));
    }

    @Test
    void aTopicIsReadHoweverLongThatTakes() {
        assertThat(positions.read(PARTITION, 5, 25)).hasSize(20);
        assertThat(nowMs).isEqualTo(20 * POLL_MS);
    }

    @Test
    void aReadingThatHaltsFails() {
        halt = 15;
        assertThatThrownBy(() -> positions.read(PARTITION, 5, 25))
                .isInstanceOf(ClientException.class)
                .hasMessage("positions-0: read to offset 15 of 25, and no further for 60 s: a transaction of another"
                        + " producer is open, or brokers do not answer");
        assertThat(nowMs).isEqualTo((10 + 3) * POLL_MS);
    }
}
