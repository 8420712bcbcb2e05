package io.tailrace.replication;

/** One step of a follower. */
final class FollowerStep extends RoleStep {
    private final FollowerRules rules;
    private final Follower follower;

    FollowerStep(PartitionRules rules, FollowerRules followerRules, Follower follower, long nowMs) {
        super(rules, follower, nowMs);
        this.rules = followerRules;
        this.follower = follower;
    }

    @Override
    Replica withLog(LogView log) {
        return new Follower(follower.view(), log);
    }

    @Override
    public Transition handle(Event.Replicated replicated) {
        if (!follower.follows(replicated.leaderEpoch())) {
            throw forbidden(replicated.log(), replicated.leaderEpoch(), "following in it");
        }
        return rules.replicated(follower, replicated);
    }

    @Override
    public Transition handle(Event.Diverged diverged) {
        return follower.follows(diverged.leaderEpoch()) ? rules.diverged(follower, diverged.leaderEnd()) : unchanged();
    }

    @Override
    public Transition handle(Event.FellBehind behind) {
        return follower.follows(behind.leaderEpoch())
                ? rules.fellBehind(follower, behind.leaderLogStartOffset())
                : unchanged();
    }

    @Override
    public Transition handle(Event.Appended appended) {
        throw forbidden(appended.log(), appended.leaderEpoch(), "leading in it");
    }

    /** A fetch that came after this replica stopped leading acknowledges nothing. */
    @Override
    public Transition handle(Event.Fetched fetched) {
        return unchanged();
    }

    /** Of a proposal it made when it led. */
    @Override
    public Transition handle(Event.ProposalRefused refused) {
        return unchanged();
    }

    /** Of a proposal it made when it led. */
    @Override
    public Transition handle(Event.ProposalUnknown unknown) {
        return unchanged();
    }

    /** Only a leader acts on time. */
    @Override
    public Transition handle(Event.Tick tick) {
        return unchanged();
    }
}
