package io.tailrace.protocol.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares every message in every served version with Apache Kafka's classes, in both directions.
 *
 * <p>Produce 0 to 2, which are advertised but not served, are not compared: Kafka's classes lack them.
 */
class MessageOracleTest {
    private static final int ROUNDS = 30;

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    static List<Kind> kinds() {
        return Kind.all();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void kafkaDecodesOurBytesAndEncodesTheSame(Kind kind) {
        KafkaMessages kafka = new KafkaMessages(kind);
        for (int round = 0; round < ROUNDS; round++) {
            Record message = new RandomMessages(random, kind.version()).message(kind.type());
            ByteBuffer ours = kind.encode(message, random.nextInt(), clientId());

            KafkaMessages.Frame read = kafka.decode(ours);

            assertThat(kafka.encode(read)).as("%s, seed %d", message, seed).isEqualTo(ours);
            FieldComparison.assertSame(message, read.body());
            assertThat(kind.decode(ours)).as("seed %d", seed).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void decodesKafkasBytesAndEncodesTheSame(Kind kind) {
        KafkaMessages kafka = new KafkaMessages(kind);
        for (int round = 0; round < ROUNDS; round++) {
            int correlationId = random.nextInt();
            String clientId = clientId();
            KafkaMessages.Frame frame =
                    kafka.frame(new RandomStructs(random).body(kafka.schema()), correlationId, clientId);
            ByteBuffer theirs = kafka.encode(frame);

            Record message = kind.decode(theirs);

            assertThat(kind.encode(message, correlationId, clientId))
                    .as("%s, seed %d", message, seed)
                    .isEqualTo(theirs);
            FieldComparison.assertSame(message, frame.body());
            if (kind.request()) {
                assertThat(Requests.decode(theirs).header())
                        .isEqualTo(new RequestHeader(kind.api(), kind.version(), correlationId, clientId));
            } else {
                assertThat(Responses.correlationId(theirs)).isEqualTo(correlationId);
            }
        }
    }

    private @Nullable String clientId() {
        return random.nextInt(4) == 0 ? null : RandomMessages.string(random);
    }
}
