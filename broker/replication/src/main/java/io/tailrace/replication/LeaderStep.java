package io.tailrace.replication;

import java.util.ArrayList;

/** One step of a leader. */
final class LeaderStep extends RoleStep {
    private final LeaderRules rules;
    private final Leader leader;

    LeaderStep(PartitionRules rules, LeaderRules leaderRules, Leader leader, long nowMs) {
        super(rules, leader, nowMs);
        this.rules = leaderRules;
        this.leader = leader;
    }

    @Override
    Replica withLog(LogView log) {
        return LeaderRules.withLog(leader, log);
    }

    @Override
    public Transition handle(Event.Appended appended) {
        if (appended.leaderEpoch() != leader.leaderEpoch()) {
            throw forbidden(appended.log(), appended.leaderEpoch(), "leading in it");
        }
        return rules.appended(leader, appended.log(), nowMs);
    }

    @Override
    public Transition handle(Event.Fetched fetched) {
        return rules.fetched(leader, fetched.fetch(), nowMs);
    }

    @Override
    public Transition handle(Event.Tick tick) {
        return rules.proposeIfNeeded(leader, new ArrayList<>(), nowMs);
    }

    @Override
    public Transition handle(Event.ProposalRefused refused) {
        return rules.undecided(leader, refused.expectedVersion());
    }

    @Override
    public Transition handle(Event.ProposalUnknown unknown) {
        return rules.undecided(leader, unknown.expectedVersion());
    }

    @Override
    public Transition handle(Event.StateReadBack readBack) {
        return resolveReadBack(rules.readBack(leader, readBack), readBack);
    }

    @Override
    public Transition handle(Event.Replicated replicated) {
        throw forbidden(replicated.log(), replicated.leaderEpoch(), "following in it");
    }

    /** From a leader it followed before it was elected. */
    @Override
    public Transition handle(Event.Diverged diverged) {
        return unchanged();
    }

    /** From a leader it followed before it was elected. */
    @Override
    public Transition handle(Event.FellBehind behind) {
        return unchanged();
    }
}
