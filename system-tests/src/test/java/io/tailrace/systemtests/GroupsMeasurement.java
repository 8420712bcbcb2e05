package io.tailrace.systemtests;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Measures how long a group of 10 consumers of 900 partitions takes to settle after the last consumer has joined, and after one has
 * left. Brokers and consumers have the default settings. Run it with {@code scripts/dev measure groups}.
 */
class GroupsMeasurement {
    private static final int CONSUMERS = Integer.getInteger("consumers", 10);
    private static final int PARTITIONS = Integer.getInteger("partitions", 900);
    private static final int ROUNDS = Integer.getInteger("rounds", 3);
    private static final String TOPIC = "measured";
    private static final Duration SETTLED_MAX = Duration.ofMinutes(2);

    /** Longer than the interval of heartbeats, so a group in which nothing changes for this long has settled. */
    private static final Duration QUIET = Duration.ofSeconds(4);

    @RegisterExtension
    static final LocalCluster CLUSTER = LocalCluster.ofBrokers(3, Map.of());

    private final KafkaClients theirs = new KafkaClients(CLUSTER::bootstrapServers);

    /** The consumers of a group, with the settings that are not defaults. */
    private record Kind(String consumers, String protocol, Map<String, String> settings) {
        private static final String JAVA = "Java's";
        private static final List<Kind> ALL = List.of(
                new Kind(JAVA, "consumer", Map.of("group.protocol", "consumer")),
                new Kind(JAVA, "classic", Map.of()),
                new Kind(
                        JAVA,
                        "classic with CooperativeStickyAssignor",
                        Map.of(
                                "partition.assignment.strategy",
                                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor")),
                new Kind("Tailrace's", "consumer", Map.of("group.protocol", "consumer")),
                new Kind("Tailrace's", "classic", Map.of("group.protocol", "classic")));

        PolledMember join(String group) {
            Map<String, String> all = new HashMap<>(settings);
            all.put("bootstrap.servers", CLUSTER.bootstrapServers());
            all.put("group.id", group);
            return new PolledMember(
                    consumers.equals(JAVA) ? GroupReceiver.ofJava(all) : GroupReceiver.ofTailrace(all), TOPIC);
        }
    }

    @Test
    void measure() throws Exception {
        theirs.createTopic(TOPIC, PARTITIONS);
        for (Kind kind : Kind.ALL) {
            measure(kind, "warm-up " + kind, findings("warm-up"));
        }
        Findings findings = findings("groups");
        for (Kind kind : Kind.ALL) {
            for (int round = 1; round <= ROUNDS; round++) {
                measure(kind, "round " + round + " " + kind, findings);
            }
        }
        findings.write();
    }

    private static Findings findings(String name) {
        return new Findings(name, "consumers", "protocol", "event", "settled_ms");
    }

    private static void measure(Kind kind, String group, Findings findings) {
        List<PolledMember> members = new ArrayList<>();
        try {
            long joinedNs = 0;
            for (int i = 0; i < CONSUMERS; i++) {
                joinedNs = System.nanoTime();
                members.add(kind.join(group));
            }
            add(findings, kind, "all join", members, joinedNs);
            long leftNs = System.nanoTime();
            members.remove(CONSUMERS / 2).close();
            add(findings, kind, "one leaves", members, leftNs);
            long joinsNs = System.nanoTime();
            members.add(kind.join(group));
            add(findings, kind, "one joins", members, joinsNs);
        } finally {
            members.forEach(PolledMember::close);
        }
    }

    private static void add(Findings findings, Kind kind, String event, List<PolledMember> members, long fromNs) {
        await("%s: every partition with one of %d members".formatted(kind, members.size()))
                .atMost(SETTLED_MAX)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> isSettled(members) && System.nanoTime() - changedNs(members) > QUIET.toNanos());
        findings.add(kind.consumers, kind.protocol, event, TimeUnit.NANOSECONDS.toMillis(changedNs(members) - fromNs));
    }

    /** Whether every partition has exactly one member, and every member partitions. */
    private static boolean isSettled(List<PolledMember> members) {
        Set<Object> all = new HashSet<>();
        int sum = 0;
        for (PolledMember member : members) {
            var partitions = member.assignment().partitions();
            if (partitions.isEmpty()) {
                return false;
            }
            all.addAll(partitions);
            sum += partitions.size();
        }
        return sum == PARTITIONS && all.size() == PARTITIONS;
    }

    private static long changedNs(List<PolledMember> members) {
        return members.stream()
                .mapToLong(member -> member.assignment().sinceNs())
                .reduce((one, other) -> one - other > 0 ? one : other)
                .orElseThrow();
    }
}
