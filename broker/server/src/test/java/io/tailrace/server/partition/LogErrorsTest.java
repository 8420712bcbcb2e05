package io.tailrace.server.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogDirectory;
import io.tailrace.log.LogDirectoryConfig;
import io.tailrace.log.LogOperationException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What a client's failing requests leave in the broker's log. */
class LogErrorsTest {
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void listen() {
        logged.start();
        logger().addAppender(logged);
    }

    @AfterEach
    void stop() {
        logger().detachAppender(logged);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(LogErrors.class);
    }

    @Test
    void aFailedOperationIsLoggedOnceAMinute(@TempDir Path path) throws IOException {
        AtomicLong nowMs = new AtomicLong(-5);
        LogErrors errors = new LogErrors(new TopicPartition("events", 0), nowMs::get, failure -> {
            throw new AssertionError(failure);
        });
        LogOperationException failure = nameTooLong(path);
        for (int i = 0; i < 3; i++) {
            assertThat(errors.errorOf(failure)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        }
        assertThat(logged.list).hasSize(1);
        assertThat(logged.list.get(0).getFormattedMessage()).contains("events-0", "File name too long");
        nowMs.addAndGet(59_999);
        assertThat(errors.errorOf(failure)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(logged.list).hasSize(1);
        nowMs.addAndGet(1);
        assertThat(errors.errorOf(failure)).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
        assertThat(logged.list).hasSize(2);
    }

    private static LogOperationException nameTooLong(Path path) throws IOException {
        LogDirectoryConfig config = new LogDirectoryConfig(path, "cluster-1", 1, 0, 1, 1);
        try (LogDirectory directory =
                LogDirectory.open(config, topic -> LogConfig.DEFAULTS, Runnable::run, failure -> {}, 0)) {
            TopicPartition partition = new TopicPartition("t".repeat(300), 0);
            return catchThrowableOfType(
                    LogOperationException.class, () -> directory.create(partition, LogConfig.DEFAULTS, 0));
        }
    }
}
