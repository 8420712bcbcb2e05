package io.tailrace.server.monitor;

import io.tailrace.metrics.Health;
import io.tailrace.server.cluster.ClusterNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a broker is running and serves all its clients. Thread-safe. */
final class BrokerHealth implements Health {
    private final String broker;
    private volatile @Nullable ClusterNode node;
    private volatile @Nullable Throwable failure;
    private volatile boolean stopping;

    /** The health of a broker that starts. */
    BrokerHealth(int brokerId) {
        this.broker = "broker " + brokerId;
    }

    void watch(ClusterNode joining) {
        node = joining;
    }

    void failed(Throwable cause) {
        failure = cause;
    }

    void stopping() {
        stopping = true;
    }

    @Override
    public Status live() {
        Throwable cause = failure;
        return cause == null ? Status.up(broker + " is running") : Status.down(broker + " has failed: " + cause);
    }

    @Override
    public Status ready() {
        ClusterNode current = node;
        Status live = live();
        if (!live.ok()) {
            return live;
        }
        if (stopping) {
            return Status.down(broker + " is stopping");
        }
        if (current == null) {
            return Status.down(broker + " is starting: opening logs");
        }
        Optional<String> reason = current.unreadiness();
        return reason.map(why -> Status.down(broker + " is not ready: " + why))
                .orElseGet(() -> Status.up(broker + " is registered and leads what it should"));
    }
}
