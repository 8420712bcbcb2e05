package io.tailrace.coordination;

/**
 * When the controller moves leadership back to preferred leaders.
 *
 * @param enabled {@code auto.leader.rebalance.enable}
 * @param checkIntervalMs {@code leader.imbalance.check.interval.seconds}, in milliseconds
 * @param imbalancePercentMax {@code leader.imbalance.per.broker.percentage}: of the partitions a broker is preferred leader of,
 *     the share that others may lead before leadership is moved back, 0 to 100
 */
public record LeaderBalance(boolean enabled, long checkIntervalMs, int imbalancePercentMax) {
    public LeaderBalance {
        if (checkIntervalMs < 1 || imbalancePercentMax < 0 || imbalancePercentMax > 100) {
            throw new IllegalArgumentException("check interval must be positive, is " + checkIntervalMs
                    + " ms, and imbalance 0 to 100, is " + imbalancePercentMax);
        }
    }
}
