package io.tailrace.client;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The clients against Apache Kafka's own broker. */
@SuppressWarnings("NullAway.Init") // set before all tests
class ApacheKafkaIT extends ClientContract {
    private static ApacheKafka kafka;

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        kafka = ApacheKafka.start(folder);
    }

    @AfterAll
    static void stop() throws Exception {
        kafka.close();
    }

    @Override
    protected String bootstrapServers() {
        return kafka.bootstrapServers();
    }
}
