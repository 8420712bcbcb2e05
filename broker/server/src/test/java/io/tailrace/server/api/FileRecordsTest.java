package io.tailrace.server.api;

import static io.tailrace.server.Batches.batch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.FileRegion;
import io.tailrace.log.FileSlice;
import io.tailrace.replication.Replica;
import io.tailrace.server.partition.ConsumerFetch;
import io.tailrace.server.partition.TwoReplicas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the log says when a file is truncated between the read and the transfer of an answer. */
class FileRecordsTest {
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private TwoReplicas replicas;

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        replicas = new TwoReplicas(directory);
        logged.start();
        logger().addAppender(logged);
    }

    @AfterEach
    void stop() throws Exception {
        logger().detachAppender(logged);
        replicas.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(FileRecords.class);
    }

    @Test
    void truncatedFileIsNamedWithTheByteWhereItEnds() throws Exception {
        FileSlice slice = slice();
        Path file = slice.file();
        int size = slice.sizeInBytes();
        FileRegion region = new FileRecords(slice).region();
        try (FileChannel other = FileChannel.open(file, StandardOpenOption.WRITE)) {
            other.truncate(size - 10);
        }

        assertThatThrownBy(() -> transfer(region)).isInstanceOf(IOException.class);
        region.release();
        assertThat(logged.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .singleElement()
                .asString()
                .contains(file + " ends at byte " + (size - 10) + ", expected at least " + size);
    }

    @Test
    void peerThatDisconnectsIsNoDamage() throws Exception {
        new FileRecords(slice()).region().release();
        FileRegion whole = new FileRecords(slice()).region();
        transfer(whole);
        whole.release();

        assertThat(logged.list).isEmpty();
    }

    private FileSlice slice() {
        replicas.partition().append(batch("a"), Replica.ANY_EPOCH, false);
        replicas.followerFetches(replicas.logEndOffset());
        return (FileSlice) Objects.requireNonNull(replicas.partition()
                .read(new ConsumerFetch(0, Replica.ANY_EPOCH, false), 1000, true)
                .slice());
    }

    private static void transfer(FileRegion region) throws IOException {
        try (var target = Channels.newChannel(new ByteArrayOutputStream())) {
            while (region.transferred() < region.count()) {
                region.transferTo(target, region.transferred());
            }
        }
    }
}
