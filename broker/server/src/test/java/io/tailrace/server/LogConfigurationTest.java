package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The configuration that processes log by. */
class LogConfigurationTest {
    private final LoggerContext context = new LoggerContext();

    private Level level(String logger) {
        return context.getLogger(logger).getEffectiveLevel();
    }

    @Test
    void librariesDoNotReportEachFailedAttemptToReachZooKeeper() throws Exception {
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(LogConfigurationTest.class.getResource("/logback.xml"));

        for (String name : List.of(
                "org.apache.curator.framework.imps.CuratorFrameworkImpl", "org.apache.curator.ConnectionState")) {
            assertThat(Class.forName(name).getName()).isEqualTo(name);
            assertThat(level(name)).isEqualTo(Level.OFF);
        }
        assertThat(level("org.apache.zookeeper.ClientCnxn")).isEqualTo(Level.ERROR);
        assertThat(level("org.apache.curator.framework.recipes")).isEqualTo(Level.WARN);
        assertThat(level("io.tailrace.coordination.BrokerRegistration")).isEqualTo(Level.INFO);
    }
}
