package io.tailrace.coordination;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevelopmentZooKeeperIT {
    private final Path dataDir;

    DevelopmentZooKeeperIT(@TempDir Path dataDir) {
        this.dataDir = dataDir;
    }

    private Map<String, String> config(int port) {
        return Map.of("dataDir", dataDir.toString(), "clientPort", Integer.toString(port));
    }

    @Test
    void dataSurvivesARestart() throws Exception {
        int port;
        try (DevelopmentZooKeeper server = DevelopmentZooKeeper.start(config(0))) {
            port = server.port();
            try (ZooKeeperSession session = ZooKeeperSession.open(ZooKeeperConfig.of("127.0.0.1:" + port))) {
                session.createIfMissing("/kept", "yes".getBytes(UTF_8));
            }
        }
        try (DevelopmentZooKeeper server = DevelopmentZooKeeper.start(config(port));
                ZooKeeperSession session = ZooKeeperSession.open(ZooKeeperConfig.of("127.0.0.1:" + port))) {
            assertThat(server.port()).isEqualTo(port);
            assertThat(session.curator().getData().forPath("/kept"))
                    .asString(UTF_8)
                    .isEqualTo("yes");
        }
    }

    @Test
    void aTakenPortIsNamedInTheError() throws Exception {
        try (DevelopmentZooKeeper server = DevelopmentZooKeeper.start(config(0))) {
            int taken = server.port();
            assertThatThrownBy(() -> DevelopmentZooKeeper.start(config(taken)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining(Integer.toString(taken));
        }
    }

    @Test
    void aMissingDirectoryOrABadValueIsRefused() {
        assertThatThrownBy(() -> DevelopmentZooKeeper.start(Map.of("clientPort", "0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dataDir");
        assertThatThrownBy(() -> DevelopmentZooKeeper.start(
                        Map.of("dataDir", dataDir.toString(), "clientPort", "0", "tickTime", "often")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("tickTime: expected an integer, found \"often\"");
        assertThatThrownBy(() -> DevelopmentZooKeeper.start(Map.of("dataDir", dataDir.toString(), "clientPort", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("clientPort: expected an integer, found \"x\"");
    }

    @Test
    void theErrorWithoutZooKeeperSaysWhatToCheck() {
        assertThatThrownBy(() -> ZooKeeperSession.open(new ZooKeeperConfig("127.0.0.1:1", 1_000, 1_000)))
                .isInstanceOf(CoordinationException.class)
                .hasMessageContaining("127.0.0.1:1")
                .hasMessageContaining("check zookeeper.connect");
    }
}
