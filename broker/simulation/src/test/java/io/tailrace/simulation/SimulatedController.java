package io.tailrace.simulation;

import io.tailrace.replication.cluster.ClusterImage;
import io.tailrace.replication.cluster.ControllerRules;
import io.tailrace.replication.cluster.StateWrite;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A broker's controller. It works on the newest image, slowly. A former controller acts as one until it learns otherwise, and
 * retries its writes over a new session.
 */
final class SimulatedController {
    private static final int NOT_CONTROLLER = 0;

    private final Cluster cluster;
    private final BrokerProcess process;
    private ClusterImage last = ClusterImage.empty();
    private @Nullable ClusterImage newest;
    private int controllerEpoch = NOT_CONTROLLER;
    private boolean busy;

    SimulatedController(Cluster cluster, BrokerProcess process) {
        this.cluster = cluster;
        this.process = process;
    }

    void offer(ClusterImage image) {
        newest = image;
        work();
    }

    /** Elects the preferred leader, if this broker is the controller. */
    void preferLeaders() {
        if (controllerEpoch != NOT_CONTROLLER && !busy) {
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
            controllerEpoch = NOT_CONTROLLER;
            return;
        }
        boolean lostItsEpoch = last.controllerId() == process.id() && controllerEpoch == NOT_CONTROLLER;
        if (last.controllerId() == ClusterImage.NO_CONTROLLER || lostItsEpoch) {
            runForElection();
        } else {
            if (last.controllerId() != process.id()) {
                controllerEpoch = NOT_CONTROLLER;
            }
            perform(rules -> rules.decide(last));
        }
    }

    private void runForElection() {
        Store.Session session = process.link().session();
        busy = true;
        process.link()
                .call(
                        () -> cluster.store.elect(session),
                        epoch -> {
                            busy = false;
                            epoch.ifPresent(won -> {
                                cluster.tell(() -> "broker " + process.id() + " is controller in epoch " + won);
                                controllerEpoch = won;
                            });
                            perform(rules -> rules.decide(last));
                        },
                        this::retry);
    }

    private void perform(Function<ControllerRules, List<StateWrite>> decision) {
        if (controllerEpoch == NOT_CONTROLLER) {
            work();
            return;
        }
        List<StateWrite> writes = decision.apply(new ControllerRules(controllerEpoch, topic -> process.policy()));
        if (writes.isEmpty()) {
            work();
            return;
        }
        busy = true;
        process.later(cluster.network.delayMs(), () -> write(writes.get(0), controllerEpoch));
    }

    private void write(StateWrite write, int writer) {
        process.link()
                .call(
                        () -> cluster.store.writeAsController(writer, write.next()),
                        outcome -> {
                            busy = false;
                            if (outcome == Store.Outcome.REPLACED) {
                                cluster.tell(() -> "broker " + process.id() + " is no longer controller");
                                controllerEpoch = NOT_CONTROLLER;
                                // It may have been elected again without having heard so.
                                retry();
                            } else {
                                work();
                            }
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
