package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.loader.store.CommitConflictException;
import java.time.Duration;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;

class LoaderLockIT {

    @Test
    void admitsOneLoadPerGroup() throws Exception {
        try (TestingServer zookeeper = new TestingServer()) {
            try (LoaderLock lock = LoaderLock.acquire(zookeeper.getConnectString(), "g")) {
                assertThatCode(lock::throwIfAborted).doesNotThrowAnyException();
                assertThatThrownBy(() -> LoaderLock.acquire(zookeeper.getConnectString(), "g"))
                        .hasMessageContaining("another load of group g is running");
                LoaderLock.acquire(zookeeper.getConnectString(), "other").close();
            }
            LoaderLock.acquire(zookeeper.getConnectString(), "g").close();
        }
    }

    @Test
    void countsAsLostWhenTheConnectionBreaks() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                LoaderLock lock = LoaderLock.acquire(zookeeper.getConnectString(), "g")) {
            zookeeper.stop();

            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThatThrownBy(lock::throwIfAborted)
                    .isInstanceOf(CommitConflictException.class));
        }
    }
}
