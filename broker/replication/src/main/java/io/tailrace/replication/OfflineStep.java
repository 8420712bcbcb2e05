package io.tailrace.replication;

/** One step of a replica without a role: only events that may give it one, or that concern its log, change anything. */
final class OfflineStep extends RoleStep {
    private final Offline offline;

    OfflineStep(PartitionRules rules, Offline offline, long nowMs) {
        super(rules, offline, nowMs);
        this.offline = offline;
    }

    @Override
    Replica withLog(LogView log) {
        return new Offline(offline.view(), log, offline.reason());
    }

    @Override
    public Transition handle(Event.Appended appended) {
        throw forbidden(appended.log(), appended.leaderEpoch(), "leading in it");
    }

    @Override
    public Transition handle(Event.Replicated replicated) {
        throw forbidden(replicated.log(), replicated.leaderEpoch(), "following in it");
    }

    @Override
    public Transition handle(Event.Fetched fetched) {
        return unchanged();
    }

    @Override
    public Transition handle(Event.Diverged diverged) {
        return unchanged();
    }

    @Override
    public Transition handle(Event.FellBehind behind) {
        return unchanged();
    }

    @Override
    public Transition handle(Event.ProposalRefused refused) {
        return unchanged();
    }

    @Override
    public Transition handle(Event.ProposalUnknown unknown) {
        return unchanged();
    }

    @Override
    public Transition handle(Event.Tick tick) {
        return unchanged();
    }
}
