package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private static final TopicPartition ONE = new TopicPartition("web", 1);
    private static final TopicPartition TWO = new TopicPartition("web", 2);
    private static final long LONG_MS = 60_000;

    private final Claims claims = new Claims();

    @Test
    void aPartitionIsClaimedOnce() {
        assertThat(claims.tryClaim(ONE)).isTrue();
        assertThat(claims.tryClaim(ONE)).isFalse();
        assertThat(claims.claim(ONE, 1)).isFalse();
        assertThat(claims.tryClaim(TWO)).isTrue();

        claims.release(ONE);
        assertThat(claims.claim(ONE, LONG_MS)).isTrue();
    }

    @Test
    void aThreadThatWaitsComesBeforeThoseThatTry() throws Exception {
        assertThat(claims.tryClaim(ONE)).isTrue();
        CompletableFuture<Boolean> claimed = new CompletableFuture<>();
        Thread waiter = new Thread(() -> claimed.complete(claims.claim(ONE, LONG_MS)));
        waiter.start();
        await().until(() -> waiter.getState() == Thread.State.TIMED_WAITING);
        synchronized (claims) {
            claims.release(ONE);
            assertThat(claims.tryClaim(ONE)).as("the waiter has not run yet").isFalse();
        }

        assertThat(claimed.get()).isTrue();
        claims.release(ONE);
        assertThat(claims.tryClaim(ONE)).isTrue();
        waiter.join();
    }
}
