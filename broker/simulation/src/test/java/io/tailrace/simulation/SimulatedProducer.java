package io.tailrace.simulation;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.simulation.Disk.Batch;
import io.tailrace.simulation.SimulatedPartition.Produced;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * An idempotent producer with {@code acks=all}: several records in flight, each retried until it is acknowledged, in their
 * order.
 */
final class SimulatedProducer extends Client {
    private static final long TIMEOUT_MS = 150;
    private static final int PENDING_MAX = 3;
    private static final int BATCHES_REMEMBERED = 5;

    private record Sent(Batch batch, long value) {}

    private final Deque<Sent> pending = new ArrayDeque<>();
    private final String name;
    private int epoch;
    private int nextSequence;
    private boolean acknowledgedInEpoch;
    private long sendAgainAtMs = Long.MAX_VALUE;

    SimulatedProducer(Cluster cluster, int node) {
        super(cluster, node);
        name = "producer-" + node;
    }

    boolean isDone() {
        return pending.isEmpty();
    }

    @Override
    void run() {
        if (knowsLeader()) {
            if (cluster.timeline.nowMs() >= sendAgainAtMs) {
                refresh();
                sendAll();
            } else if (cluster.producing() && fitsWindow(nextSequence)) {
                sendNew();
            }
        }
        cluster.timeline.after(cluster.between(8, 30), this::run);
    }

    /** Kafka's brokers remember a producer's last five batches, ours ten: no batch is sent while one is pending that they may forget. */
    private boolean fitsWindow(int sequence) {
        Sent oldest = pending.peek();
        return oldest == null
                || (acknowledgedInEpoch
                        && pending.size() < PENDING_MAX
                        && sequence - oldest.batch.sequence() < BATCHES_REMEMBERED);
    }

    private void sendNew() {
        Sent sent = new Sent(new Batch(node, epoch, nextSequence++), cluster.nextValue());
        cluster.history.sending(name, SimulatedPartition.ID, sent.value);
        pending.add(sent);
        send(sent);
        sendAgainAtMs = Math.min(sendAgainAtMs, cluster.timeline.nowMs() + TIMEOUT_MS);
    }

    private void sendAll() {
        pending.forEach(this::send);
        sendAgainAtMs = pending.isEmpty() ? Long.MAX_VALUE : cluster.timeline.nowMs() + TIMEOUT_MS;
    }

    private void send(Sent sent) {
        int asked = leader;
        cluster.network.send(
                node,
                asked,
                () -> cluster.ask(
                        asked, process -> process.partition().produce(-1, sent.batch, sent.value, produced -> {
                            if (produced.error() == ErrorCode.NONE) {
                                cluster.invariants.acknowledgesForAllInsync(produced.offset(), sent.value);
                            }
                            cluster.network.send(asked, node, () -> answered(sent, produced));
                        })));
    }

    private void answered(Sent sent, Produced produced) {
        if (!pending.contains(sent)) {
            return;
        }
        if (produced.error() == ErrorCode.NONE) {
            pending.remove(sent);
            acknowledgedInEpoch = true;
            cluster.history.acknowledged(sent.value, OptionalLong.of(produced.offset()));
        } else if (produced.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER
                && sent.equals(pending.peek())
                && cluster.settings.uncleanElection()) {
            restartSequence();
        } else {
            sendAgainAtMs = Math.min(sendAgainAtMs, cluster.timeline.nowMs() + cluster.between(5, 30));
        }
    }

    /** Acknowledged records are lost, which this topic allows: the pending ones are sent again in a new epoch. */
    private void restartSequence() {
        epoch++;
        nextSequence = 0;
        acknowledgedInEpoch = false;
        Iterator<Sent> old = new ArrayList<>(pending).iterator();
        pending.clear();
        old.forEachRemaining(sent -> pending.add(new Sent(new Batch(node, epoch, nextSequence++), sent.value)));
        sendAgainAtMs = cluster.timeline.nowMs();
    }
}
