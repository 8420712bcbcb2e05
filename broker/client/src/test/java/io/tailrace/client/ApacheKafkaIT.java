package io.tailrace.client;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Runs the contracts against Apache Kafka's broker. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ApacheKafkaIT {
    private static ApacheKafka kafka;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        kafka = ApacheKafka.start(folder);
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Nested
    class Clients extends ClientContract {
        @Override
        protected String bootstrapServers() {
            return kafka.bootstrapServers();
        }
    }

    @Nested
    class Transactional extends TransactionContract {
        @Override
        protected String bootstrapServers() {
            return kafka.bootstrapServers();
        }
    }

    @Nested
    class Interoperability extends InteroperabilityContract {
        @Override
        protected String bootstrapServers() {
            return kafka.bootstrapServers();
        }
    }

    @Nested
    class FaultyNetwork extends FaultyNetworkContract {
        @Override
        protected String bootstrapServers() {
            return kafka.bootstrapServers();
        }
    }
}
