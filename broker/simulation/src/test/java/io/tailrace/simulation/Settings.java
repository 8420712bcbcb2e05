package io.tailrace.simulation;

import io.tailrace.replication.cluster.TopicPolicy;
import java.util.Random;

/**
 * The setup of one history's cluster.
 *
 * @param minInsync {@code min.insync.replicas}
 * @param uncleanElection whether records may be lost rather than have no leader: then only the agreement of the replicas is
 *     checked
 * @param syncMsMax the longest time until a write reaches the disk
 * @param lateOneIn one in this many messages is late
 */
record Settings(int replicas, int minInsync, boolean uncleanElection, int syncMsMax, int lateOneIn) {
    static final int BROKERS = 3;

    static Settings of(Random random) {
        int syncMsMax = random.nextBoolean() ? 100 : 2_000;
        int lateOneIn = random.nextBoolean() ? 60 : 12;
        return switch (random.nextInt(16)) {
            case 0, 1 -> new Settings(3, 1, false, syncMsMax, lateOneIn);
            case 2 -> new Settings(2, 1, false, syncMsMax, lateOneIn);
            case 3 -> new Settings(2, 2, false, syncMsMax, lateOneIn);
            case 4 -> new Settings(1, 1, false, syncMsMax, lateOneIn);
            case 5 -> new Settings(3, 2, true, syncMsMax, lateOneIn);
            default -> new Settings(3, 2, false, syncMsMax, lateOneIn);
        };
    }

    /** With unclean election off. */
    static Settings withoutLoss(Random random) {
        Settings drawn = of(random);
        return new Settings(drawn.replicas, drawn.minInsync, false, drawn.syncMsMax, drawn.lateOneIn);
    }

    TopicPolicy policy(int minInsyncNow) {
        return new TopicPolicy(minInsyncNow, uncleanElection);
    }
}
