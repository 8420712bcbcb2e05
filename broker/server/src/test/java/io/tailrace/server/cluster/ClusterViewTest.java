package io.tailrace.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.replication.cluster.Broker;
import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ClusterViewTest {
    private final AtomicBoolean lease = new AtomicBoolean(true);
    private final ClusterView view = new ClusterView(1, lease::get);

    @Test
    void aBrokerWithoutALeaseSendsClientsToTheOthers() {
        view.show(imageOf(Map.of(1, broker(1), 2, broker(2))));
        assertThat(view.get().brokers()).containsOnlyKeys(1, 2);

        lease.set(false);
        assertThat(view.get().brokers()).containsOnlyKeys(2);
        view.show(imageOf(Map.of(1, broker(1), 2, broker(2), 3, broker(3))));
        assertThat(view.get().brokers()).containsOnlyKeys(2, 3);
        assertThat(view.get()).as("is made once for each image").isSameAs(view.get());

        lease.set(true);
        assertThat(view.get().brokers()).containsOnlyKeys(1, 2, 3);
    }

    @Test
    void theOnlyBrokerNamesItselfWithoutALease() {
        view.show(imageOf(Map.of(1, broker(1))));
        lease.set(false);
        assertThat(view.get().brokers()).containsOnlyKeys(1);
    }

    private static ClusterImage imageOf(Map<Integer, Broker> brokers) {
        return new ClusterImage("c", new TreeMap<>(brokers), new TreeMap<>(), Set.of(), ClusterImage.NO_CONTROLLER);
    }

    private static ClusterImage image(int controllerId) {
        return new ClusterImage("c", new TreeMap<>(), new TreeMap<>(), Set.of(), controllerId);
    }

    @Test
    void waitersGetTheImageThatTheyWaitFor() {
        CompletableFuture<Boolean> waiting = view.when(image -> image.controllerId() == 2, 60_000);
        view.show(image(1));
        assertThat(waiting).isNotDone();
        view.show(image(2));
        assertThat(waiting).isCompletedWithValue(true);
        assertThat(view.when(image -> image.controllerId() == 2, 60_000)).isCompletedWithValue(true);
        assertThat(view.await(image -> image.controllerId() == 3, 0)).isFalse();
    }

    @Test
    void theNumberOfWaitersIsBounded() {
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
        for (int i = 0; i < ClusterView.WAITERS_MAX; i++) {
            waiting.add(view.when(image -> image.controllerId() == 2, 60_000));
        }
        assertThat(view.when(image -> image.controllerId() == 2, 60_000)).isCompletedWithValue(false);
        view.show(image(2));
        assertThat(waiting).allMatch(CompletableFuture::isDone);
        assertThat(view.when(image -> image.controllerId() == 3, 60_000)).isNotDone();
    }

    @Test
    void aFailingConditionFailsItsOwnWaiterOnly() {
        CompletableFuture<Boolean> failing = view.when(
                image -> {
                    if (image.controllerId() == 2) {
                        throw new IllegalStateException("on purpose");
                    }
                    return false;
                },
                60_000);
        CompletableFuture<Boolean> other = view.when(image -> image.controllerId() == 2, 60_000);
        view.show(image(2));
        assertThat(failing).isCompletedExceptionally();
        assertThat(other).isCompletedWithValue(true);
    }

    private static Broker broker(int id) {
        return new Broker(id, 100 + id, Broker.NONE, null, List.of(new Endpoint("PLAINTEXT", "h" + id, 9092)), false);
    }
}
