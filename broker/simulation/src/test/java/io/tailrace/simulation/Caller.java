package io.tailrace.simulation;

import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** How a process asks the leader in a cluster. A request or its answer may be lost, come late, or arrive twice. */
final class Caller extends Client {
    private final Executor owner;

    /**
     * A caller that knows no leader yet.
     *
     * @param owner does the work of the process that asks: later while it is paused, and never after its end
     */
    Caller(Cluster cluster, int node, Executor owner) {
        super(cluster, node);
        this.owner = owner;
    }

    /** A request. */
    @FunctionalInterface
    interface Request<A> {
        /** It has arrived at a broker that should be the leader. */
        void at(BrokerProcess process, Consumer<A> answer);
    }

    /** Asks nothing by itself. */
    @Override
    void run() {}

    /**
     * Asks the leader.
     *
     * @param whenSilent called if no leader is known or no answer has come in time. Then an answer is ignored
     */
    <A> void ask(Request<A> request, long timeoutMs, Consumer<A> whenAnswered, Runnable whenSilent) {
        boolean[] done = {false};
        if (knowsLeader()) {
            int asked = leader;
            cluster.network.send(node, asked, () -> cluster.broker(asked)
                    .process()
                    .ifPresent(process -> process.run(() -> request.at(
                            process,
                            answer -> cluster.network.send(
                                    asked,
                                    node,
                                    () -> owner.execute(() -> {
                                        if (!done[0]) {
                                            done[0] = true;
                                            whenAnswered.accept(answer);
                                        }
                                    }))))));
        }
        cluster.timeline.after(
                timeoutMs,
                () -> owner.execute(() -> {
                    if (!done[0]) {
                        done[0] = true;
                        refresh();
                        whenSilent.run();
                    }
                }));
    }
}
