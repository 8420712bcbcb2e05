package io.tailrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.protocol.record.CompressionType;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {
    @Test
    void keysOfAllClientsAndOfTheProducerAreRead() {
        ProducerConfig config = ProducerConfig.parse(Map.of(
                "bootstrap.servers", "a:1, [::1]:2",
                "client.id", "me",
                "acks", "all",
                "compression.type", "zstd",
                "linger.ms", "7"));
        assertThat(config.client().bootstrapServers())
                .containsExactly(
                        InetSocketAddress.createUnresolved("a", 1), InetSocketAddress.createUnresolved("::1", 2));
        assertThat(config.client().clientId()).isEqualTo("me");
        assertThat(config.compression()).isEqualTo(CompressionType.ZSTD);
        assertThat(config.lingerMs()).isEqualTo(7);
    }

    @Test
    void unknownKeyIsRefusedByName() {
        assertThatThrownBy(() -> ProducerConfig.builder("a:1").set("linger", "7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown key linger,")
                .hasMessageContaining("linger.ms");
    }

    @Test
    void badValueIsRefusedWithItsKey() {
        assertThatThrownBy(() -> ConsumerConfig.builder("a:1").set("max.poll.records", "many"))
                .hasMessage("max.poll.records=many: expected a number");
        assertThatThrownBy(() -> ConsumerConfig.builder("a:1").set("auto.offset.reset", "oldest"))
                .hasMessage("auto.offset.reset=oldest: expected earliest, latest or none");
        assertThatThrownBy(() -> ClientConfig.of("nowhere"))
                .hasMessageContaining("invalid address \"nowhere\": expected host:port");
        assertThatThrownBy(() -> ClientConfig.of("")).hasMessageContaining("bootstrap.servers");
        assertThatThrownBy(() -> ProducerConfig.builder("a:1").inFlightMax(6).build())
                .hasMessageContaining("max.in.flight.requests.per.connection=6")
                .hasMessageContaining("enable.idempotence");
        assertThatThrownBy(() -> ProducerConfig.builder("a:1").acks(Acks.LEADER).build())
                .hasMessageContaining("enable.idempotence");
    }
}
