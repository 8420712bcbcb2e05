package io.tailrace.groups;

/**
 * How far a member of the consumer protocol has followed the target assignment.
 *
 * <pre>
 *  from                   to                     when
 *  STABLE                 UNREVOKED_PARTITIONS   it has partitions that the target gives to others
 *  STABLE                 UNRELEASED_PARTITIONS  others still have partitions that the target gives to it
 *  UNREVOKED_PARTITIONS   UNRELEASED_PARTITIONS  it has given its partitions up; others have not
 *  UNREVOKED_PARTITIONS   STABLE                 it has given its partitions up
 *  UNRELEASED_PARTITIONS  STABLE                 others have given up what it waited for
 *  UNRELEASED_PARTITIONS  UNREVOKED_PARTITIONS   a newer target gives partitions that it has to others
 *  any                    removed                it leaves, or its session or rebalance timeout expires
 * </pre>
 *
 * <p>A member moves to the target's epoch when it has given up what it must: it leaves UNREVOKED_PARTITIONS with the new epoch
 * and never enters it with one. Source: KIP-848, "Member Assignment"; numbers: Kafka's {@code MemberState}.
 */
public enum MemberState {
    /** It has everything that the target of its epoch gives it. */
    STABLE(0),
    /** It must give up partitions before it moves to the target's epoch. */
    UNREVOKED_PARTITIONS(1),
    /** It is in the target's epoch and waits for partitions that others have not given up. */
    UNRELEASED_PARTITIONS(2),
    /** A number that this version does not know. Treated as STABLE in an epoch before all others. */
    UNKNOWN(127);

    private final byte number;

    MemberState(int number) {
        this.number = (byte) number;
    }

    /** The number in records. */
    public byte number() {
        return number;
    }

    /** The state of a number in records. */
    public static MemberState of(byte number) {
        return switch (number) {
            case 0 -> STABLE;
            case 1 -> UNREVOKED_PARTITIONS;
            case 2 -> UNRELEASED_PARTITIONS;
            default -> UNKNOWN;
        };
    }
}
