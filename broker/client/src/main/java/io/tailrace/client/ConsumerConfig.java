package io.tailrace.client;

import static io.tailrace.client.BuilderKeys.check;

import java.util.Map;
import java.util.Optional;

/**
 * How a {@link Consumer} reads ahead and where it starts. Immutable; checked on construction.
 *
 * @param client how brokers are reached
 * @param group consumer group whose offsets it commits, or empty for none ({@code group.id})
 * @param offsetReset where to start without a position, or if the position is not in the log
 *     ({@code auto.offset.reset})
 * @param fetchBytesMin bytes that a broker waits for before it answers ({@code fetch.min.bytes})
 * @param fetchWaitMsMax how long it waits for them ({@code fetch.max.wait.ms})
 * @param fetchBytesMax bytes of one response, unless its first batch is larger ({@code fetch.max.bytes})
 * @param partitionFetchBytesMax bytes of one partition in one response ({@code max.partition.fetch.bytes})
 * @param pollRecordsMax records that one poll returns ({@code max.poll.records})
 * @param isolation which records of transactions it gets ({@code isolation.level})
 * @param membership how it takes part in its group if it subscribes
 */
public record ConsumerConfig(
        ClientConfig client,
        Optional<String> group,
        OffsetReset offsetReset,
        int fetchBytesMin,
        int fetchWaitMsMax,
        int fetchBytesMax,
        int partitionFetchBytesMax,
        int pollRecordsMax,
        IsolationLevel isolation,
        MembershipConfig membership) {

    private static final BuilderKeys<Builder> KEYS = new BuilderKeys<Builder>()
            .including(ClientConfig.KEYS, builder -> builder.client)
            .including(MembershipConfig.KEYS, builder -> builder.membership)
            .text("group.id", Builder::group)
            .text("auto.offset.reset", (builder, value) -> builder.offsetReset(OffsetReset.parse(value)))
            .number("fetch.min.bytes", Builder::fetchBytesMin)
            .number("fetch.max.wait.ms", Builder::fetchWaitMsMax)
            .number("fetch.max.bytes", Builder::fetchBytesMax)
            .number("max.partition.fetch.bytes", Builder::partitionFetchBytesMax)
            .number("max.poll.records", Builder::pollRecordsMax)
            .text("isolation.level", (builder, value) -> builder.isolation(IsolationLevel.parse(value)));

    public ConsumerConfig {
        check(group.isEmpty() || !group.get().isEmpty(), "group.id", "", "a name");
        check(fetchBytesMin > 0, "fetch.min.bytes", fetchBytesMin, "1 or more");
        check(
                fetchWaitMsMax >= 0 && fetchWaitMsMax < client.requestTimeoutMs(),
                "fetch.max.wait.ms",
                fetchWaitMsMax,
                "0 to less than request.timeout.ms (" + client.requestTimeoutMs() + ")");
        check(fetchBytesMax > 0, "fetch.max.bytes", fetchBytesMax, "1 or more");
        check(partitionFetchBytesMax > 0, "max.partition.fetch.bytes", partitionFetchBytesMax, "1 or more");
        check(pollRecordsMax > 0, "max.poll.records", pollRecordsMax, "1 or more");
    }

    /** Defaults for the brokers at {@code host:port[,host:port...]}. */
    public static ConsumerConfig of(String bootstrapServers) {
        return builder(bootstrapServers).build();
    }

    /** Reads configuration keys, including those of {@link ClientConfig}; an unknown key is refused by name. */
    public static ConsumerConfig parse(Map<String, String> properties) {
        return KEYS.apply(new Builder(), properties).build();
    }

    /** A builder with the defaults. */
    public static Builder builder(String bootstrapServers) {
        Builder builder = new Builder();
        builder.client.bootstrapServers(bootstrapServers);
        return builder;
    }

    /** Collects settings; {@link #build} checks them. */
    public static final class Builder {
        private final ClientConfig.Builder client = ClientConfig.builder();
        private final MembershipConfig.Builder membership = new MembershipConfig.Builder();
        private Optional<String> group = Optional.empty();
        private OffsetReset offsetReset = OffsetReset.LATEST;
        private int fetchBytesMin = 1;
        private int fetchWaitMsMax = 500;
        private int fetchBytesMax = 50 << 20;
        private int partitionFetchBytesMax = 1 << 20;
        private int pollRecordsMax = 500;
        private IsolationLevel isolation = IsolationLevel.READ_UNCOMMITTED;

        private Builder() {}

        /** The builder of the settings that all clients share. */
        public ClientConfig.Builder client() {
            return client;
        }

        /** The builder of the settings of a member of a group. */
        public MembershipConfig.Builder membership() {
            return membership;
        }

        /** Sets one configuration key, as {@link ConsumerConfig#parse} does. */
        public Builder set(String key, String value) {
            KEYS.apply(this, key, value);
            return this;
        }

        public Builder group(String name) {
            group = Optional.of(name);
            return this;
        }

        public Builder offsetReset(OffsetReset policy) {
            offsetReset = policy;
            return this;
        }

        public Builder fetchBytesMin(int bytes) {
            fetchBytesMin = bytes;
            return this;
        }

        public Builder fetchWaitMsMax(int ms) {
            fetchWaitMsMax = ms;
            return this;
        }

        public Builder fetchBytesMax(int bytes) {
            fetchBytesMax = bytes;
            return this;
        }

        public Builder partitionFetchBytesMax(int bytes) {
            partitionFetchBytesMax = bytes;
            return this;
        }

        public Builder pollRecordsMax(int records) {
            pollRecordsMax = records;
            return this;
        }

        public Builder isolation(IsolationLevel level) {
            isolation = level;
            return this;
        }

        public ConsumerConfig build() {
            return new ConsumerConfig(
                    client.build(),
                    group,
                    offsetReset,
                    fetchBytesMin,
                    fetchWaitMsMax,
                    fetchBytesMax,
                    partitionFetchBytesMax,
                    pollRecordsMax,
                    isolation,
                    membership.build());
        }
    }
}
