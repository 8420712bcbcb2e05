package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.Broker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BrokerLifeTest {
    private Path first;
    private Path second;

    @BeforeEach
    void make(@TempDir Path directory) throws Exception {
        first = Files.createDirectory(directory.resolve("first"));
        second = Files.createDirectory(directory.resolve("second"));
    }

    @Test
    void lifeThatEndedProperlyIsKnownToTheNextOneOnly() throws Exception {
        BrokerLife life = BrokerLife.begin(List.of(first, second));
        assertThat(life.cleanEpoch()).isEqualTo(Broker.NONE);
        life.end(7);

        BrokerLife next = BrokerLife.begin(List.of(first, second));
        assertThat(next.cleanEpoch()).isEqualTo(7);
        assertThat(next.owner()).isEqualTo(life.owner());
        assertThat(BrokerLife.begin(List.of(first, second)).cleanEpoch()).isEqualTo(Broker.NONE);
    }

    @Test
    void lifeWithFewerDirectoriesMayLackWhatTheOneBeforeHad() throws Exception {
        BrokerLife.begin(List.of(first, second)).end(7);

        assertThat(BrokerLife.begin(List.of(first)).cleanEpoch()).isEqualTo(Broker.NONE);
    }
}
