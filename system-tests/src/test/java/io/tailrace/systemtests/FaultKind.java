package io.tailrace.systemtests;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Kinds of faults, all of which can be undone. Sessions time out after six seconds: some faults last longer, some do not. */
enum FaultKind {
    KILLED(100, 9_000),
    STOPPED_CLEANLY(100, 5_000),
    PAUSED_BRIEFLY(300, 3_500),
    PAUSED_BEYOND_ITS_SESSION(7_000, 13_000),
    /** Cut from one other broker, in both directions. */
    CUT_FROM_A_BROKER(1_000, 12_000),
    /** One other broker receives nothing from it. */
    NOT_HEARD_BY_A_BROKER(1_000, 12_000),
    /** It receives nothing from one other broker. */
    DOES_NOT_HEAR_A_BROKER(1_000, 12_000),
    CUT_FROM_THE_BROKERS(1_000, 14_000),
    CUT_FROM_ZOOKEEPER(1_000, 14_000),
    NOT_HEARD_BY_ZOOKEEPER(1_000, 14_000),
    DOES_NOT_HEAR_ZOOKEEPER(1_000, 14_000),
    /** Cut from everything but its clients. */
    ISOLATED(1_000, 14_000);

    private final int lastsMsMin;
    private final int lastsMsMax;

    FaultKind(int lastsMsMin, int lastsMsMax) {
        this.lastsMsMin = lastsMsMin;
        this.lastsMsMax = lastsMsMax;
    }

    /** The kinds that need no {@link PrivateNetwork}. */
    static List<FaultKind> ofProcesses() {
        return List.of(KILLED, STOPPED_CLEANLY, PAUSED_BRIEFLY, PAUSED_BEYOND_ITS_SESSION);
    }

    static List<FaultKind> all() {
        return List.of(values());
    }

    long drawLastsMs(Random random) {
        return random.nextInt(lastsMsMin, lastsMsMax);
    }

    /**
     * The links that the fault cuts.
     *
     * @param peer one of the two other brokers
     */
    Stream<Link> links(LocalBroker victim, LocalBroker peer, LocalBroker third, Host zooKeeper) {
        Host host = victim.host();
        return switch (this) {
            case KILLED, STOPPED_CLEANLY, PAUSED_BRIEFLY, PAUSED_BEYOND_ITS_SESSION -> Stream.of();
            case CUT_FROM_A_BROKER -> Link.both(host, peer.host());
            case NOT_HEARD_BY_A_BROKER -> Stream.of(new Link(host, peer.host()));
            case DOES_NOT_HEAR_A_BROKER -> Stream.of(new Link(peer.host(), host));
            case CUT_FROM_THE_BROKERS -> Stream.concat(Link.both(host, peer.host()), Link.both(host, third.host()));
            case CUT_FROM_ZOOKEEPER -> Link.both(host, zooKeeper);
            case NOT_HEARD_BY_ZOOKEEPER -> Stream.of(new Link(host, zooKeeper));
            case DOES_NOT_HEAR_ZOOKEEPER -> Stream.of(new Link(zooKeeper, host));
            case ISOLATED ->
                Stream.of(Link.both(host, zooKeeper), Link.both(host, peer.host()), Link.both(host, third.host()))
                        .flatMap(links -> links);
        };
    }

    /** One direction between two hosts. */
    record Link(Host from, Host to) {
        static Stream<Link> both(Host one, Host other) {
            return Stream.of(new Link(one, other), new Link(other, one));
        }
    }
}
