package io.tailrace.groups;

import java.util.List;
import java.util.Map;

/**
 * The settings of groups of the consumer protocol. Immutable.
 *
 * @param timing {@code group.consumer.session.timeout.ms} and {@code group.consumer.heartbeat.interval.ms}
 * @param timingByGroup the timing of groups that override it
 * @param membersMax {@code group.consumer.max.size}
 * @param assignors {@code group.consumer.assignors}, at least one; the first is used if members choose none
 * @param migration {@code group.consumer.migration.policy}
 * @param regexRefreshMs {@code group.consumer.regex.refresh.interval.ms}
 */
public record ConsumerSettings(
        Timing timing,
        Map<String, Timing> timingByGroup,
        int membersMax,
        List<String> assignors,
        Migration migration,
        int regexRefreshMs) {
    /** Settings; the collections are copied. */
    public ConsumerSettings {
        timingByGroup = Map.copyOf(timingByGroup);
        assignors = List.copyOf(assignors);
        if (assignors.isEmpty()) {
            throw new IllegalArgumentException("group.consumer.assignors: expected at least one assignor, found none");
        }
    }

    /**
     * How often a member must send heartbeats.
     *
     * @param sessionTimeoutMs a member that sends no heartbeat for this long is removed
     * @param heartbeatIntervalMs how often members send heartbeats
     */
    public record Timing(int sessionTimeoutMs, int heartbeatIntervalMs) {}

    /**
     * Whether a group may change its protocol while it has members.
     *
     * @param upgrade from the classic to the consumer protocol, when a member of the consumer protocol joins
     * @param downgrade back, when only members of the classic protocol are left
     */
    public record Migration(boolean upgrade, boolean downgrade) {}

    /** Apache Kafka's defaults. */
    public static ConsumerSettings defaults() {
        return new ConsumerSettings(
                new Timing(45_000, 5_000),
                Map.of(),
                Integer.MAX_VALUE,
                List.of("uniform", "range"),
                new Migration(true, true),
                600_000);
    }

    /** The timing of a group. */
    public Timing timing(String groupId) {
        return timingByGroup.getOrDefault(groupId, timing);
    }
}
