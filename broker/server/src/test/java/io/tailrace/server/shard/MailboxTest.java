package io.tailrace.server.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MailboxTest {
    @Test
    void workRunsOnOneThreadAtATimeAndNoneIsMissed() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        AtomicInteger left = new AtomicInteger();
        AtomicInteger running = new AtomicInteger();
        AtomicInteger together = new AtomicInteger();
        Mailbox mailbox = new Mailbox(pool, () -> {
            together.accumulateAndGet(running.incrementAndGet(), Math::max);
            boolean isMore = left.get() > 0 && left.decrementAndGet() > 0;
            running.decrementAndGet();
            return isMore;
        });
        List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread sender = new Thread(() -> {
                for (int n = 0; n < 20_000; n++) {
                    left.incrementAndGet();
                    mailbox.signal();
                }
            });
            senders.add(sender);
            sender.start();
        }
        for (Thread sender : senders) {
            sender.join();
        }

        await().until(() -> left.get() == 0);
        pool.shutdown();
        assertThat(together).hasValue(1);
    }
}
