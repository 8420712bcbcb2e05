package io.tailrace.replication;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.replication.Offline.Reason;
import io.tailrace.replication.cluster.Broker;

/** One step of a replica: the events that every role handles alike. */
abstract class RoleStep implements Event.Handler<Transition> {
    private final PartitionRules rules;
    private final Replica replica;
    private final PartitionView view;
    final long nowMs;

    RoleStep(PartitionRules rules, Replica replica, long nowMs) {
        this.rules = rules;
        this.replica = replica;
        this.view = replica.view();
        this.nowMs = nowMs;
    }

    /** The same role with another view of its log. */
    abstract Replica withLog(LogView log);

    final Transition unchanged() {
        return Transition.to(replica);
    }

    final Transition resolve(Replica current, PartitionView newView) {
        return rules.resolve(current, newView, nowMs);
    }

    /** The caller appended without asking whether it may. */
    final IllegalStateException forbidden(LogExtent log, int leaderEpoch, String required) {
        return new IllegalStateException("%s was appended to in epoch %d, up to offset %d, without %s"
                .formatted(view.partition(), leaderEpoch, log.endOffset(), required));
    }

    @Override
    public final Transition handle(Event.StateRead read) {
        return resolve(replica, view.read(read.assignment(), read.state()));
    }

    @Override
    public final Transition handle(Event.ProposalWritten proposal) {
        return view.agreedOrNull() == null
                ? unchanged()
                : resolve(replica, view.read(view.requireAgreed().assignment(), proposal.written()));
    }

    @Override
    public Transition handle(Event.StateReadBack readBack) {
        return resolveReadBack(replica, readBack);
    }

    final Transition resolveReadBack(Replica current, Event.StateReadBack readBack) {
        return view.agreedOrNull() == null
                ? unchanged()
                : resolve(current, view.read(view.requireAgreed().assignment(), readBack.state()));
    }

    @Override
    public final Transition handle(Event.Unassigned event) {
        return resolve(replica, view.withAgreed(null));
    }

    @Override
    public final Transition handle(Event.Registered registered) {
        return resolve(replica, view.withSelf(registered.brokerEpoch()));
    }

    @Override
    public final Transition handle(Event.SessionLost event) {
        return resolve(replica, view.withSelf(Broker.NONE));
    }

    @Override
    public final Transition handle(Event.BrokersChanged changed) {
        return resolve(replica, view.withBrokers(changed.brokers()));
    }

    @Override
    public final Transition handle(Event.MinInsyncChanged changed) {
        return resolve(replica, view.withMinInsyncReplicas(changed.minInsyncReplicas()));
    }

    @Override
    public final Transition handle(Event.LogStartMoved moved) {
        return Transition.to(withLog(replica.log().with(moved.log())));
    }

    @Override
    public final Transition handle(Event.LogFailed event) {
        return rules.goOffline(replica, view, Reason.LOG_FAILED, ErrorCode.KAFKA_STORAGE_ERROR);
    }
}
