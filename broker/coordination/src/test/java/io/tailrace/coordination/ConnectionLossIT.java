package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tailrace.replication.cluster.ClusterImage;
import java.util.List;
import java.util.Map;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a broker logs while ZooKeeper is away: what it means, once, and not that each attempt fails. */
class ConnectionLossIT {
    /** The session must end in this test, and must not end because the machine is slow. */
    private static final int SESSION_TIMEOUT_MS = 30_000;

    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

    private List<String> logged(Level level) {
        return List.copyOf(appender.list).stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    @Test
    void aLostConnectionIsLoggedOnceAndItsReturnOnce() throws Exception {
        Logger ours = (Logger) LoggerFactory.getLogger("io.tailrace.coordination");
        try (TestingServer zooKeeper = new TestingServer();
                Gate gate = new Gate(zooKeeper.getPort());
                TestBroker broker = TestBroker.start(gate.connect(), 1, SESSION_TIMEOUT_MS)) {
            broker.topics.create("web", 3, 1, Map.of());
            await().until(() -> broker.image().controllerId() != ClusterImage.NO_CONTROLLER
                    && broker.image().topic("web").isPresent());
            appender.start();
            ours.addAppender(appender);
            gate.shut();
            await().until(() -> !logged(Level.WARN).isEmpty());
            await().until(() -> broker.events.contains("session lost"));
            gate.open();
            await().until(() -> broker.events.lastIndexOf("registered") > broker.events.lastIndexOf("session lost"));

            assertThat(logged(Level.ERROR)).isEmpty();
            assertThat(logged(Level.WARN)).hasSize(2);
            assertThat(logged(Level.WARN).get(0))
                    .startsWith("Connection to ZooKeeper lost: broker 1 serves until its lease ends")
                    .endsWith(gate.connect());
            assertThat(logged(Level.WARN).get(1)).startsWith("ZooKeeper session lost: broker 1 leads nothing");
            assertThat(logged(Level.INFO))
                    .filteredOn(line -> line.startsWith("Connection to ZooKeeper restored"))
                    .hasSize(1);
        } finally {
            ours.detachAppender(appender);
        }
    }
}
