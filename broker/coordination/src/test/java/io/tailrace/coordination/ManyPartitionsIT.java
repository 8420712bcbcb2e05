package io.tailrace.coordination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.TopicPartition;
import io.tailrace.replication.cluster.PartitionImage;
import io.tailrace.replication.cluster.TopicImage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A controller with 2,000 partitions of three replicas, on a ZooKeeper that writes to disk. Logs times, and asserts the amount of
 * work: transactions, images, rebuilt partitions.
 */
class ManyPartitionsIT {
    private static final Logger LOG = LoggerFactory.getLogger(ManyPartitionsIT.class);
    private static final int PARTITIONS = 2_000;
    private static final int BATCHES_MAX = (PARTITIONS + 299) / 300;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private DevelopmentZooKeeper zooKeeper;
    private String connect;
    private final List<TestBroker> brokers = new ArrayList<>();

    @BeforeEach
    void start(@TempDir Path directory) throws Exception {
        zooKeeper = DevelopmentZooKeeper.start(Map.of("dataDir", directory.toString(), "clientPort", "0"));
        connect = "127.0.0.1:" + zooKeeper.port();
        for (int id = 1; id <= 3; id++) {
            brokers.add(TestBroker.start(connect, id));
        }
        await().until(() -> brokers.stream().allMatch(b -> b.image().brokers().size() == 3));
    }

    @AfterEach
    void stop() throws Exception {
        brokers.forEach(TestBroker::close);
        zooKeeper.close();
    }

    private void awaitAll(TestBroker broker, Predicate<PartitionImage> wanted) {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> broker.image()
                        .topic("web")
                        .filter(topic -> topic.partitions().stream().allMatch(wanted))
                        .isPresent());
    }

    private void timed(String what, Runnable action) {
        long begunNs = System.nanoTime();
        action.run();
        LOG.info("{} partitions: {} in {} ms", PARTITIONS, what, (System.nanoTime() - begunNs) / 1_000_000);
    }

    /** The number of transactions that wrote the current states. */
    private int transactions(TestBroker broker) throws Exception {
        Set<Long> ids = new HashSet<>();
        for (int p = 0; p < PARTITIONS; p++) {
            Stat stat = broker.curator().checkExists().forPath(ZNodes.state(new TopicPartition("web", p)));
            ids.add(stat.getMzxid());
        }
        return ids.size();
    }

    @Test
    void creationAndFailoverTakeFewTransactionsAndOneChangeRebuildsOnePartition() throws Exception {
        TestBroker last = brokers.get(2);
        timed("created, each with a leader", () -> {
            last.topics.create("web", PARTITIONS, 3, Map.of("min.insync.replicas", "2"));
            awaitAll(last, p -> p.state().filter(s -> s.isr().size() == 3).isPresent());
        });
        assertThat(transactions(last)).isLessThanOrEqualTo(BATCHES_MAX);

        timed("read by a broker that starts", () -> {
            try (TestBroker reader = TestBroker.idle(connect, 9, "none")) {
                reader.startTree();
                assertThat(reader.image().topic("web").orElseThrow().partitions())
                        .hasSize(PARTITIONS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        TestBroker lost = brokers.remove(0);
        timed("without the broker whose session ended", () -> {
            lost.vanish();
            awaitAll(last, p -> p.leader() > 1 && p.state().orElseThrow().isr().size() == 2);
        });
        assertThat(transactions(last)).isLessThanOrEqualTo(BATCHES_MAX);

        changeOneByOne(last);
    }

    /** As leaders do when followers rejoin the ISR one by one. */
    private void changeOneByOne(TestBroker broker) throws Exception {
        AtomicInteger images = new AtomicInteger();
        AtomicInteger rebuilt = new AtomicInteger();
        List<TopicImage> previous =
                new ArrayList<>(List.of(broker.image().topic("web").orElseThrow()));
        broker.tree.listen(image -> {
            TopicImage topic = image.topic("web").orElseThrow();
            rebuilt.addAndGet(topic.changedSince(previous.set(0, topic)).size());
            images.incrementAndGet();
        });
        PartitionStateStore store = new PartitionStateStore(broker.session);
        List<PartitionImage> partitions =
                broker.image().topic("web").orElseThrow().partitions();
        timed("changed one by one", () -> {
            for (int p = 0; p < PARTITIONS; p++) {
                var unused = store.propose(
                        new TopicPartition("web", p), partitions.get(p).state().orElseThrow());
            }
            awaitAll(broker, p -> p.state().orElseThrow().version() == 2);
        });
        // The listener is called after the image is published.
        await().untilAsserted(() -> assertThat(rebuilt).hasValue(PARTITIONS));
        LOG.info("{} changes came as {} images", PARTITIONS, images);
    }
}
