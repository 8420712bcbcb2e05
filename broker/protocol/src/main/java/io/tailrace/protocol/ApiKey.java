package io.tailrace.protocol;

import java.util.Optional;

/**
 * The APIs of the protocol and their versions.
 *
 * <p>{@link #advertised} is what an ApiVersions answer says and what the codec reads and writes; {@link #served} is what
 * a broker does, and our client sends up to {@link io.tailrace.protocol.message.Request#sentVersionMax}. Requests of other
 * advertised versions are answered with UNSUPPORTED_VERSION. The two differ where clients draw conclusions from a version
 * that they never send; {@code docs/protocol.md} says which and why.
 * A broker advertises only the APIs that it has a handler for.
 */
public enum ApiKey {
    /** Advertised from version 0, or librdkafka would send all batches uncompressed. */
    PRODUCE(0, VersionRange.of(3, 12), VersionRange.of(0, 12), 9),
    FETCH(1, VersionRange.of(4, 18), 12),
    LIST_OFFSETS(2, VersionRange.of(1, 8), 6),
    METADATA(3, VersionRange.of(0, 12), 9),
    OFFSET_COMMIT(8, VersionRange.of(2, 9), 8),
    OFFSET_FETCH(9, VersionRange.of(1, 9), 6),
    FIND_COORDINATOR(10, VersionRange.of(0, 6), 3),
    JOIN_GROUP(11, VersionRange.of(0, 5), 6),
    HEARTBEAT(12, VersionRange.of(0, 3), 4),
    LEAVE_GROUP(13, VersionRange.of(0, 3), 4),
    SYNC_GROUP(14, VersionRange.of(0, 3), 4),
    DESCRIBE_GROUPS(15, VersionRange.of(0, 4), 5),
    LIST_GROUPS(16, VersionRange.of(0, 5), 3),
    API_VERSIONS(18, VersionRange.of(0, 3), 3),
    CREATE_TOPICS(19, VersionRange.of(2, 6), 5),
    DELETE_TOPICS(20, VersionRange.of(1, 6), 4),
    DELETE_RECORDS(21, VersionRange.of(0, 1), 2),
    /** From version 0, or librdkafka would disable idempotence. */
    INIT_PRODUCER_ID(22, VersionRange.of(0, 5), 2),
    OFFSET_FOR_LEADER_EPOCH(23, VersionRange.of(2, 3), 4),
    ADD_PARTITIONS_TO_TXN(24, VersionRange.of(0, 5), 3),
    ADD_OFFSETS_TO_TXN(25, VersionRange.of(0, 4), 3),
    END_TXN(26, VersionRange.of(0, 5), 3),
    WRITE_TXN_MARKERS(27, VersionRange.of(1, 2), 1),
    TXN_OFFSET_COMMIT(28, VersionRange.of(0, 5), 3),
    DESCRIBE_CONFIGS(32, VersionRange.of(1, 4), 4),
    ALTER_CONFIGS(33, VersionRange.of(0, 1), 2),
    ALTER_REPLICA_LOG_DIRS(34, VersionRange.of(1, 1), 2),
    DESCRIBE_LOG_DIRS(35, VersionRange.of(1, 4), 2),
    CREATE_PARTITIONS(37, VersionRange.of(0, 1), 2),
    DELETE_GROUPS(42, VersionRange.of(0, 1), 2),
    ELECT_LEADERS(43, VersionRange.of(0, 1), 2),
    INCREMENTAL_ALTER_CONFIGS(44, VersionRange.of(0, 0), 1),
    ALTER_PARTITION_REASSIGNMENTS(45, VersionRange.of(0, 0), 0),
    LIST_PARTITION_REASSIGNMENTS(46, VersionRange.of(0, 0), 0),
    OFFSET_DELETE(47, VersionRange.of(0, 0), 1),
    DESCRIBE_CLUSTER(60, VersionRange.of(0, 0), 0),
    DESCRIBE_PRODUCERS(61, VersionRange.of(0, 0), 0),
    DESCRIBE_TRANSACTIONS(65, VersionRange.of(0, 0), 0),
    LIST_TRANSACTIONS(66, VersionRange.of(0, 2), 0),
    CONSUMER_GROUP_HEARTBEAT(68, VersionRange.of(0, 1), 0),
    CONSUMER_GROUP_DESCRIBE(69, VersionRange.of(0, 1), 0),
    LIST_CONFIG_RESOURCES(74, VersionRange.of(0, 1), 0),
    DESCRIBE_TOPIC_PARTITIONS(75, VersionRange.of(0, 0), 0);

    private static final ApiKey[] BY_NUMBER = new ApiKey[DESCRIBE_TOPIC_PARTITIONS.number + 1];

    static {
        for (ApiKey api : values()) {
            BY_NUMBER[api.number] = api;
        }
    }

    private final short number;

    @SuppressWarnings("ImmutableEnumChecker") // A record of numbers is immutable.
    private final VersionRange served;

    @SuppressWarnings("ImmutableEnumChecker") // As above.
    private final VersionRange advertised;

    private final short flexibleSince;

    ApiKey(int number, VersionRange served, int flexibleSince) {
        this(number, served, served, flexibleSince);
    }

    ApiKey(int number, VersionRange served, VersionRange advertised, int flexibleSince) {
        this.number = (short) number;
        this.served = served;
        this.advertised = advertised;
        this.flexibleSince = (short) flexibleSince;
    }

    /** The number on the wire. */
    public short number() {
        return number;
    }

    /** The versions that a broker serves. */
    public VersionRange served() {
        return served;
    }

    /** The versions that ApiVersions names and the codec reads and writes; they include all that are served. */
    public VersionRange advertised() {
        return advertised;
    }

    /** The first version with compact lengths and tagged fields (KIP-482); may be above all served versions. */
    public short flexibleSince() {
        return flexibleSince;
    }

    /** Whether a version has compact lengths and tagged fields. */
    public boolean flexible(short version) {
        return version >= flexibleSince;
    }

    /** Returns the API of a number on the wire, or empty if it is unknown. */
    public static Optional<ApiKey> of(short number) {
        return number >= 0 && number < BY_NUMBER.length ? Optional.ofNullable(BY_NUMBER[number]) : Optional.empty();
    }
}
