package io.tailrace.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.client.ClientException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.schemas.SchemaRegistryException;
import java.net.ConnectException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SendGateTest {
    private @Nullable SchemaRegistryException registryFailure;
    private @Nullable ClientException topicFailure;
    private int registrations;
    private boolean isRegistrySlow;

    private final SendGate gate = new SendGate(
            "source web",
            nowMs -> {
                registrations++;
                if (registryFailure != null) {
                    throw registryFailure;
                }
                return !isRegistrySlow;
            },
            () -> Optional.ofNullable(topicFailure));

    @Test
    void opensOnceSchemaAndTopicAreThere() {
        registryFailure = new SchemaRegistryException("down", new ConnectException("refused"));
        topicFailure = new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic t does not exist");
        assertThat(gate.isOpen(0)).isFalse();
        assertThat(gate.problem()).hasValue("source web waits: schema registry does not answer: down");

        registryFailure = null;
        assertThat(gate.isOpen(100)).isFalse();
        assertThat(gate.problem()).hasValue("source web waits: topic t does not exist");

        topicFailure = null;
        assertThat(gate.isOpen(200)).isTrue();
        assertThat(gate.problem()).isEmpty();
        assertThat(registrations).isEqualTo(2);
    }

    @Test
    void refusedSchemaIsTriedAgainEachMinute() {
        registryFailure = new SchemaRegistryException(409, "incompatible");
        assertThat(gate.isOpen(0)).isFalse();
        assertThat(gate.problem()).hasValue("source web waits: schema registry refuses the schema: incompatible");
        assertThat(gate.isOpen(59_999)).isFalse();
        assertThat(registrations).isEqualTo(1);
        assertThat(gate.isOpen(60_000)).isFalse();
        assertThat(registrations).isEqualTo(2);
        registryFailure = null;
        assertThat(gate.isOpen(120_000)).isTrue();
    }

    @Test
    void registryThatHasNotAnsweredIsNotWaitedFor() {
        isRegistrySlow = true;
        assertThat(gate.isOpen(0)).isFalse();
        assertThat(gate.problem()).hasValue("source web waits: schema registry has not answered yet");
        assertThat(gate.isOpen(1)).isFalse();
        assertThat(registrations).as("looked at in each step").isEqualTo(2);
        assertThat(gate.isOpen(SendGate.GIVE_UP_MS)).isFalse();
        assertThat(gate.isGivenUp(SendGate.GIVE_UP_MS)).isTrue();
        isRegistrySlow = false;
        assertThat(gate.isOpen(SendGate.GIVE_UP_MS + 1)).isTrue();
        assertThat(gate.problem()).isEmpty();
    }

    @Test
    void isGivenUpAfterTwentySeconds() {
        topicFailure = new ClientException(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "topic t does not exist");
        assertThat(gate.isOpen(1_000)).isFalse();
        assertThat(gate.isOpen(20_999)).isFalse();
        assertThat(gate.isGivenUp(20_999)).isFalse();
        assertThat(gate.isGivenUp(21_000)).isTrue();
    }
}
