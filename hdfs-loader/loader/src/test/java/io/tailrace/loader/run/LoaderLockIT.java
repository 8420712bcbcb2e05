package io.tailrace.loader.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.loader.store.CommitConflictException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class LoaderLockIT {
    /** The shortest that the test server grants. */
    private static final int SHORT_SESSION_MS = 6_000;

    private static final int LONG_SESSION_MS = 40_000;
    private static final long WAIT_MS = 60_000;

    /** Another process that takes the lock and keeps it. Arguments: {@code ZOOKEEPER}. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] args) throws IOException {
            LoaderLock.acquire(args[0], "g", 0, SHORT_SESSION_MS).throwIfAborted();
            System.out.println("held");
            System.in.transferTo(System.out);
        }

        static Process start(String zookeeper) throws IOException {
            Process process = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/java",
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Holder.class.getName(),
                            zookeeper)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(process.inputReader().readLine()).isEqualTo("held");
            return process;
        }
    }

    @Test
    void admitsOneLoadPerGroup() throws Exception {
        try (TestingServer zookeeper = new TestingServer()) {
            String connect = zookeeper.getConnectString();
            try (LoaderLock lock = LoaderLock.acquire(connect, "g", 0)) {
                assertThatCode(lock::throwIfAborted).doesNotThrowAnyException();
                assertThatThrownBy(() -> LoaderLock.acquire(connect, "g", 1))
                        .hasMessageContaining("another load of group g is running")
                        .hasMessageContaining("lock.wait.ms");
                LoaderLock.acquire(connect, "other", 0).close();
            }
            LoaderLock.acquire(connect, "g", 0).close();
        }
    }

    @Test
    void waitsForTheLockOfAKilledProcess() throws Exception {
        try (TestingServer zookeeper = new TestingServer()) {
            Process holder = Holder.start(zookeeper.getConnectString());
            holder.destroyForcibly().waitFor();

            // Its session lives on for seconds.
            try (LoaderLock lock = LoaderLock.acquire(zookeeper.getConnectString(), "g", WAIT_MS)) {
                assertThatCode(lock::throwIfAborted).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void aCheckWaitsForTheConnectionAndPassesIfTheSessionSurvived() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                LoaderLock lock = LoaderLock.acquire(zookeeper.getConnectString(), "g", 0, LONG_SESSION_MS)) {
            lock.throwIfAborted();
            zookeeper.stop();
            await().until(lock::isSuspended);
            CompletableFuture<Void> check = checkOnAThread(lock);
            assertThat(check).isNotDone();

            zookeeper.restart();

            assertThat(check).succeedsWithin(Duration.ofSeconds(60));
            assertThatThrownBy(() -> LoaderLock.acquire(zookeeper.getConnectString(), "g", 0))
                    .hasMessageContaining("another load of group g is running");
        }
    }

    @Test
    void aCheckFailsIfTheNodeBelongsToNobodyAfterTheConnectionIsBack() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                LoaderLock lock = LoaderLock.acquire(zookeeper.getConnectString(), "g", 0, LONG_SESSION_MS)) {
            lock.throwIfAborted();
            deleteNode(zookeeper.getConnectString());
            assertThatCode(lock::throwIfAborted).doesNotThrowAnyException();
            zookeeper.stop();
            await().until(lock::isSuspended);

            zookeeper.restart();

            assertThatThrownBy(lock::throwIfAborted)
                    .isInstanceOf(CommitConflictException.class)
                    .hasMessageContaining("Nothing was committed");
        }
    }

    @Test
    void isLostOnceTheSessionTimesOut() throws Exception {
        try (TestingServer zookeeper = new TestingServer();
                LoaderLock lock = LoaderLock.acquire(zookeeper.getConnectString(), "g", 0, SHORT_SESSION_MS)) {
            zookeeper.stop();

            assertThatThrownBy(lock::throwIfAborted).isInstanceOf(CommitConflictException.class);
            zookeeper.restart();
            assertThatThrownBy(lock::throwIfAborted).isInstanceOf(CommitConflictException.class);
        }
    }

    private static CompletableFuture<Void> checkOnAThread(LoaderLock lock) {
        return CompletableFuture.runAsync(() -> {
            try {
                lock.throwIfAborted();
            } catch (CommitConflictException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static void deleteNode(String zookeeper) throws Exception {
        try (CuratorFramework client = CuratorFrameworkFactory.newClient(zookeeper, new RetryOneTime(100))) {
            client.start();
            String leases = "/tailrace/loader/g/lock/leases";
            for (String node : client.getChildren().forPath(leases)) {
                client.delete().forPath(leases + "/" + node);
            }
        }
    }
}
