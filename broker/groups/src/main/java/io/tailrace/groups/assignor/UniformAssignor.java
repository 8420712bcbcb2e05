package io.tailrace.groups.assignor;

import io.tailrace.groups.Assignment;
import java.util.Map;

/**
 * Gives members the same number of partitions, moving as few as possible.
 *
 * <p>If all members subscribe to the same topics, their numbers of partitions differ by at most one. Otherwise no single move to
 * a member with at least two partitions fewer is possible. Members keep what they have. The remaining partitions go first to
 * members in a rack with a replica, as far as their share allows.
 */
final class UniformAssignor implements Assignor {
    static final String NAME = "uniform";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(AssignorInput input) {
        Balance balance = new Balance(input);
        balance.retain();
        if (balance.hasRacks()) {
            balance.fillByRack(shares(input));
        }
        balance.fill();
        balance.level();
        return balance.result();
    }

    /** How many partitions each member may have, by its place in the input: as many as a distribution without racks gives it. */
    private static int[] shares(AssignorInput input) {
        Balance blind = new Balance(input);
        blind.retain();
        blind.fill();
        blind.level();
        return blind.counts();
    }
}
