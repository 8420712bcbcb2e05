package io.tailrace.server.network;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class PeerFaultLogTest {
    private static final InetAddress PEER = InetAddress.getLoopbackAddress();

    private final Logger logger = (Logger) LoggerFactory.getLogger(PeerFaultLog.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final PeerFaultLog log = new PeerFaultLog(() -> 0);

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    @Test
    void floodOfPeersFaultsHidesNoErrorOfTheBroker() {
        for (int i = 0; i < 1000; i++) {
            log.log(PEER, "bad frame");
        }
        log.logUnexpected(PEER, new IllegalStateException("on purpose"));
        log.logUnexpected(PEER, new IllegalStateException("again"));

        assertThat(lines.list)
                .extracting(line -> line.getLevel().toString())
                .as("one line of each kind per second")
                .containsExactly("WARN", "ERROR");
        assertThat(lines.list.get(1).getThrowableProxy().getMessage()).isEqualTo("on purpose");
    }
}
