package io.tailrace.client;

import static io.tailrace.client.BuilderKeys.check;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a consumer that subscribes takes part in its group. Immutable; checked on construction.
 *
 * @param protocol how partitions are assigned ({@code group.protocol})
 * @param instanceId makes the consumer a static member, which may restart within the session timeout and keep its partitions
 *     ({@code group.instance.id})
 * @param rack the consumer's rack ({@code client.rack})
 * @param assignor the coordinator's assignor, or empty for its default; consumer protocol only ({@code group.remote.assignor})
 * @param sessionTimeoutMs the coordinator removes the consumer if it hears nothing for this long; classic protocol only
 *     ({@code session.timeout.ms})
 * @param heartbeatIntervalMs time between heartbeats; classic protocol only ({@code heartbeat.interval.ms})
 * @param pollIntervalMsMax the consumer leaves the group if it does not poll for this long, and must give up partitions within
 *     this time ({@code max.poll.interval.ms})
 * @param autoCommitIntervalMs how often polls commit the offsets of the records that earlier polls returned; empty for never
 *     ({@code enable.auto.commit}, {@code auto.commit.interval.ms})
 */
public record MembershipConfig(
        GroupProtocol protocol,
        Optional<String> instanceId,
        Optional<String> rack,
        Optional<String> assignor,
        int sessionTimeoutMs,
        int heartbeatIntervalMs,
        int pollIntervalMsMax,
        OptionalInt autoCommitIntervalMs) {

    static final BuilderKeys<Builder> KEYS = new BuilderKeys<Builder>()
            .text("group.protocol", (builder, value) -> builder.protocol(GroupProtocol.parse(value)))
            .text("group.instance.id", Builder::instanceId)
            .text("client.rack", Builder::rack)
            .text("group.remote.assignor", Builder::assignor)
            .number("session.timeout.ms", Builder::sessionTimeoutMs)
            .number("heartbeat.interval.ms", Builder::heartbeatIntervalMs)
            .number("max.poll.interval.ms", Builder::pollIntervalMsMax)
            .text("enable.auto.commit", (builder, value) -> builder.autoCommit(BuilderKeys.parseBoolean(value)))
            .number("auto.commit.interval.ms", Builder::autoCommitIntervalMs);

    public MembershipConfig {
        check(instanceId.isEmpty() || !instanceId.get().isEmpty(), "group.instance.id", "", "a name");
        check(sessionTimeoutMs > 0, "session.timeout.ms", sessionTimeoutMs, "1 or more");
        check(
                heartbeatIntervalMs > 0 && heartbeatIntervalMs < sessionTimeoutMs,
                "heartbeat.interval.ms",
                heartbeatIntervalMs,
                "1 to less than session.timeout.ms (" + sessionTimeoutMs + ")");
        check(pollIntervalMsMax > 0, "max.poll.interval.ms", pollIntervalMsMax, "1 or more");
        check(
                autoCommitIntervalMs.orElse(1) > 0,
                "auto.commit.interval.ms",
                autoCommitIntervalMs.orElse(1),
                "1 or more");
    }

    /** Collects settings; {@link #build} checks them. */
    public static final class Builder {
        private GroupProtocol protocol = GroupProtocol.AUTO;
        private Optional<String> instanceId = Optional.empty();
        private Optional<String> rack = Optional.empty();
        private Optional<String> assignor = Optional.empty();
        private int sessionTimeoutMs = 45_000;
        private int heartbeatIntervalMs = 3_000;
        private int pollIntervalMsMax = 300_000;
        private boolean autoCommit;
        private int autoCommitIntervalMs = 5_000;

        Builder() {}

        public Builder protocol(GroupProtocol choice) {
            protocol = choice;
            return this;
        }

        public Builder instanceId(String id) {
            instanceId = Optional.of(id);
            return this;
        }

        public Builder rack(String name) {
            rack = Optional.of(name);
            return this;
        }

        public Builder assignor(String name) {
            assignor = Optional.of(name);
            return this;
        }

        public Builder sessionTimeoutMs(int ms) {
            sessionTimeoutMs = ms;
            return this;
        }

        public Builder heartbeatIntervalMs(int ms) {
            heartbeatIntervalMs = ms;
            return this;
        }

        public Builder pollIntervalMsMax(int ms) {
            pollIntervalMsMax = ms;
            return this;
        }

        public Builder autoCommit(boolean enabled) {
            autoCommit = enabled;
            return this;
        }

        public Builder autoCommitIntervalMs(int ms) {
            autoCommitIntervalMs = ms;
            return this;
        }

        MembershipConfig build() {
            return new MembershipConfig(
                    protocol,
                    instanceId,
                    rack,
                    assignor,
                    sessionTimeoutMs,
                    heartbeatIntervalMs,
                    pollIntervalMsMax,
                    autoCommit ? OptionalInt.of(autoCommitIntervalMs) : OptionalInt.empty());
        }
    }
}
