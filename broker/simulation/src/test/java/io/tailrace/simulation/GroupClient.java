package io.tailrace.simulation;

import io.tailrace.groups.GroupsShard;
import io.tailrace.server.shard.Submission;
import io.tailrace.shard.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A process that sends requests to the coordinator. While it is paused it does nothing; then it does what arrived meanwhile. */
abstract class GroupClient extends Client {
    static final long TIMEOUT_MS = 150;

    final SimulatedGroups groups;
    private final List<Runnable> held = new ArrayList<>();
    /** The number of the last request that each broker got, of those that do not overtake each other. */
    private final int[] arrived = new int[Settings.BROKERS + 1];

    private int sent;
    private boolean paused;
    private boolean ended;

    GroupClient(SimulatedGroups groups, int node) {
        super(groups.cluster, node);
        this.groups = groups;
    }

    /** A request. */
    @FunctionalInterface
    interface Question<A> {
        Submission put(SimulatedCoordinator<GroupsShard> coordinator, Consumer<A> answer);
    }

    /** An operation as a request. */
    static <A> Question<A> submitting(Operation<GroupsShard, A> operation) {
        return (coordinator, answer) -> coordinator.submit(operation, answer);
    }

    final boolean ended() {
        return ended;
    }

    final void end() {
        ended = true;
    }

    final void pause() {
        paused = true;
    }

    final void resume() {
        paused = false;
        held.forEach(work -> cluster.timeline.after(0, () -> perform(work)));
        held.clear();
    }

    /** A request was not answered in time. */
    void gaveUp() {
        refresh();
    }

    private void perform(Runnable work) {
        if (ended) {
            return;
        }
        if (paused) {
            held.add(work);
        } else {
            work.run();
        }
    }

    final void later(long delayMs, Runnable work) {
        cluster.timeline.after(delayMs, () -> perform(work));
    }

    /**
     * Asks the coordinator. A request may be lost, come late, or arrive twice.
     *
     * @param overtakes whether it may arrive after a later one; else it is lost then
     * @param whenSilent called without an answer within {@code timeoutMs}: the client gives its connection up
     */
    final <A> void ask(
            Question<A> question, boolean overtakes, long timeoutMs, Consumer<A> whenAnswered, Runnable whenSilent) {
        if (!knowsLeader()) {
            later(timeoutMs, whenSilent);
            return;
        }
        int asked = leader;
        int number = ++sent;
        boolean[] done = {false};
        List<Submission> submissions = new ArrayList<>();
        cluster.network.send(node, asked, () -> {
            if (!overtakes) {
                if (number < arrived[asked]) {
                    return;
                }
                arrived[asked] = number;
            }
            groups.whenRunning(
                    asked,
                    coordinator -> submissions.add(question.put(
                            coordinator,
                            answer -> cluster.network.send(
                                    asked,
                                    node,
                                    () -> perform(() -> {
                                        if (!done[0]) {
                                            done[0] = true;
                                            whenAnswered.accept(answer);
                                        }
                                    })))));
        });
        later(timeoutMs, () -> {
            if (!done[0]) {
                done[0] = true;
                gaveUp();
                whenSilent.run();
                cluster.network.sendOnce(
                        node,
                        asked,
                        () -> submissions.forEach(
                                submission -> groups.whenRunning(asked, coordinator -> submission.giveUp())));
            }
        });
    }
}
