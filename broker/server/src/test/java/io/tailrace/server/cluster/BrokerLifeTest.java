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
    void cleanEpochIsKnownToTheNextRunOnly() throws Exception {
        BrokerLife life = begin(first, second);
        assertThat(life.cleanEpoch()).isEqualTo(Broker.NONE);
        life.end(7);

        BrokerLife next = begin(first, second);
        assertThat(next.cleanEpoch()).isEqualTo(7);
        assertThat(next.owner()).isEqualTo(life.owner());
        assertThat(begin(first, second).cleanEpoch()).isEqualTo(Broker.NONE);
    }

    @Test
    void runWithoutOneOfTheDirectoriesIsUnclean() throws Exception {
        begin(first, second).end(7);
        BrokerLife without = BrokerLife.begin(List.of(first, second), List.of(first));
        assertThat(without.cleanEpoch()).isEqualTo(Broker.NONE);
        without.end(9);

        assertThat(begin(first, second).cleanEpoch()).as("the second has 7").isEqualTo(Broker.NONE);
    }

    @Test
    void ownerIsKnownFromAnyDirectory() throws Exception {
        String owner = begin(first, second).owner();

        assertThat(BrokerLife.begin(List.of(first, second), List.of(second)).owner())
                .isEqualTo(owner);
    }

    @Test
    void fileThatCannotBeWrittenLeavesNoCleanEpochBehind() throws Exception {
        begin(first).end(7);
        Path occupied = Files.createDirectory(first.resolve("broker.life.tmp"));
        Path content = Files.createFile(occupied.resolve("content"));
        assertThat(begin(first).cleanEpoch()).isEqualTo(7);
        Files.delete(content);
        Files.delete(occupied);

        assertThat(begin(first).cleanEpoch()).as("the run before was killed").isEqualTo(Broker.NONE);
    }

    @Test
    void damagedFileIsUnclean() throws Exception {
        begin(first).end(7);
        Files.writeString(first.resolve("broker.life"), "clean.epoch=\\u00zz");

        assertThat(begin(first).cleanEpoch()).isEqualTo(Broker.NONE);
    }

    @Test
    void unreadableFileIsUnclean() throws Exception {
        BrokerLife life = begin(first, second);
        life.end(7);
        Files.delete(first.resolve("broker.life"));
        Files.createDirectory(first.resolve("broker.life"));

        BrokerLife next = begin(first, second);
        assertThat(next.cleanEpoch()).isEqualTo(Broker.NONE);
        assertThat(next.owner()).isEqualTo(life.owner());
    }

    @Test
    void runWithFewerDirectoriesIsUnclean() throws Exception {
        begin(first, second).end(7);

        assertThat(begin(first).cleanEpoch()).isEqualTo(Broker.NONE);
    }

    private static BrokerLife begin(Path... directories) throws Exception {
        return BrokerLife.begin(List.of(directories), List.of(directories));
    }
}
