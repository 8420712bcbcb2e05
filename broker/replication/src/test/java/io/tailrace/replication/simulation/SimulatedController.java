package io.tailrace.replication.simulation;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ControllerRules;
import io.tailrace.replication.cluster.StateWrite;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A broker's part in controlling the cluster: it works on the newest image, and takes its time. Who held the office holds
 * on to it until it hears otherwise, and tries its writes again over a new session.
 */
final class SimulatedController {
    private static final int NO_MANDATE = 0;

    private final Cluster cluster;
    private final BrokerProcess process;
    private ClusterImage last = ClusterImage.empty();
    private @Nullable ClusterImage newest;
    private int mandate = NO_MANDATE;
    private boolean busy;

    SimulatedController(Cluster cluster, BrokerProcess process) {
        this.cluster = cluster;
        this.process = process;
    }

    void offer(ClusterImage image) {
        newest = image;
        work();
    }

    /** Gives the lead back to the preferred leader, if this broker is the controller. */
    void preferLeaders() {
        if (mandate != NO_MANDATE && !busy) {
            perform(rules -> rules.balance(last, 0));
        }
    }

    private void work() {
        if (busy || newest == null) {
            return;
        }
        last = newest;
        newest = null;
        if (last.broker(process.id()).isEmpty()) {
            mandate = NO_MANDATE;
            return;
        }
        boolean leftBehind = last.controllerId() == process.id() && mandate == NO_MANDATE;
        if (last.controllerId() == ClusterImage.NO_CONTROLLER || leftBehind) {
            stand();
        } else {
            if (last.controllerId() != process.id()) {
                mandate = NO_MANDATE;
            }
            perform(rules -> rules.decide(last));
        }
    }

    private void stand() {
        Store.Session session = process.link().session();
        busy = true;
        process.link()
                .call(
                        () -> cluster.store.stand(session),
                        epoch -> {
                            busy = false;
                            epoch.ifPresent(won -> {
                                cluster.tell(() -> "broker " + process.id() + " is controller in epoch " + won);
                                mandate = won;
                            });
                            perform(rules -> rules.decide(last));
                        },
                        this::retry);
    }

    private void perform(Function<ControllerRules, List<StateWrite>> decision) {
        if (mandate == NO_MANDATE) {
            work();
            return;
        }
        List<StateWrite> writes = decision.apply(new ControllerRules(mandate, topic -> process.policy()));
        if (writes.isEmpty()) {
            work();
            return;
        }
        busy = true;
        process.later(cluster.network.delayMs(), () -> write(writes.get(0), mandate));
    }

    private void write(StateWrite write, int writer) {
        process.link()
                .call(
                        () -> cluster.store.writeAsController(writer, write.next()),
                        outcome -> {
                            busy = false;
                            if (outcome == Store.Outcome.REPLACED) {
                                cluster.tell(() -> "broker " + process.id() + " is controller no more");
                                mandate = NO_MANDATE;
                            }
                            work();
                        },
                        () -> {
                            if (cluster.oneIn(2)) {
                                process.later(cluster.between(5, 60), () -> write(write, writer));
                            } else {
                                retry();
                            }
                        });
    }

    private void retry() {
        process.later(cluster.between(40, 100), () -> {
            busy = false;
            if (newest == null) {
                newest = last;
            }
            work();
        });
    }
}
