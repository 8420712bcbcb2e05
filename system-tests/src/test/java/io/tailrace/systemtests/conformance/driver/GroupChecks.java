package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.clients.consumer.RoundRobinAssignor;
import org.apache.kafka.clients.consumer.StickyAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;

/** Consumers that subscribe in a group, by both protocols. */
final class GroupChecks {
    private static final String[] CONSUMER_PROTOCOL = {"group.protocol", "consumer"};
    private static final int PARTITIONS = 4;
    private final Clients clients;

    GroupChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        for (Class<?> assignor : List.of(
                RangeAssignor.class, RoundRobinAssignor.class, StickyAssignor.class, CooperativeStickyAssignor.class)) {
            checks.add(Check.of(
                    "group, classic: two members share and take over, " + assignor.getSimpleName(),
                    () -> share("partition.assignment.strategy", assignor.getName())));
        }
        checks.add(Check.of("group, classic: commits and resumes", () -> resume()));
        checks.add(Check.of("group, classic: enable.auto.commit", () -> autoCommit()));
        checks.add(Check.of("group, classic: pattern (java.util.regex)", () -> pattern()));
        checks.add(Check.of("group, classic: static member returns", () -> staticMember()));
        checks.add(Check.of("group, classic: a second holder of group.instance.id fences the first", this::fenced));
        checks.add(Check.of("group, classic: rebalance listener, unsubscribe", () -> listener()));
        for (String assignor : List.of("uniform", "range")) {
            checks.add(Check.since(
                    "3.9",
                    "group, consumer protocol: two members share and take over, " + assignor,
                    () -> share("group.protocol", "consumer", "group.remote.assignor", assignor)));
        }
        checks.add(
                Check.since("3.9", "group, consumer protocol: commits and resumes", () -> resume(CONSUMER_PROTOCOL)));
        checks.add(Check.since(
                "3.9", "group, consumer protocol: enable.auto.commit", () -> autoCommit(CONSUMER_PROTOCOL)));
        checks.add(Check.since(
                "3.9", "group, consumer protocol: pattern (java.util.regex)", () -> pattern(CONSUMER_PROTOCOL)));
        checks.add(Check.since(
                "3.9", "group, consumer protocol: static member returns", () -> staticMember(CONSUMER_PROTOCOL)));
        checks.add(Check.since(
                "3.9", "group, consumer protocol: a second holder of group.instance.id is refused", this::unreleased));
        checks.add(Check.since(
                "3.9", "group, consumer protocol: rebalance listener, unsubscribe", () -> listener(CONSUMER_PROTOCOL)));
        checks.add(Check.since("3.9", "group: from classic to consumer protocol while a member lives", this::migrate));
        return checks;
    }

    // The checks below take the settings, by name and value, that a protocol needs: none for the classic one.

    private void share(String... settings) throws Exception {
        String topic = clients.topic(PARTITIONS);
        try (Member first = new Member(clients, topic, settings).subscribed(topic)) {
            Member.pollUntilShared(PARTITIONS, first);
            try (Member second = new Member(clients, topic, settings).subscribed(topic)) {
                Member.pollUntilShared(PARTITIONS, first, second);
                clients.send(topic, PARTITIONS, 400);
                Member.pollUntilRead(400, first, second);
                assertThat(Member.read(first, second)).containsExactlyInAnyOrderElementsOf(numbers(400));
                first.consumer.commitSync();
                second.consumer.commitSync();
            }
            Member.pollUntilShared(PARTITIONS, first);
            first.values.clear();
            clients.send(topic, PARTITIONS, 40);
            Member.pollUntilRead(40, first);
            assertThat(first.values).containsExactlyInAnyOrderElementsOf(numbers(40));
        }
    }

    private void resume(String... settings) throws Exception {
        String topic = clients.topic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        clients.send(topic, 1, 10);
        try (Member member = new Member(clients, topic, settings).subscribed(topic)) {
            Member.pollUntilRead(10, member);
            member.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(3, "a note")));
            List<Object> answers = new ArrayList<>();
            member.consumer.commitAsync(
                    Map.of(partition, new OffsetAndMetadata(7, "another")),
                    (offsets, failure) -> answers.add(Objects.requireNonNullElse(failure, offsets)));
            Member.pollUntil("the answer to the commit", () -> !answers.isEmpty(), member);
            assertThat(answers).containsExactly(Map.of(partition, new OffsetAndMetadata(7, "another")));
            OffsetAndMetadata committed = Objects.requireNonNull(
                    member.consumer.committed(Set.of(partition)).get(partition));
            assertThat(committed.offset()).isEqualTo(7);
            assertThat(committed.metadata()).isEqualTo("another");
        }
        try (Member member = new Member(clients, topic, settings).subscribed(topic)) {
            Member.pollUntilRead(3, member);
            assertThat(member.values).containsExactly("7", "8", "9");
        }
    }

    private void autoCommit(String... settings) throws Exception {
        String topic = clients.topic(1);
        clients.send(topic, 1, 10);
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("enable.auto.commit", "true"));
        try (Member member = new Member(clients, topic, all.toArray(String[]::new)).subscribed(topic)) {
            Member.pollUntilRead(10, member);
        }
        clients.send(topic, 1, 1);
        try (Member member = new Member(clients, topic, all.toArray(String[]::new)).subscribed(topic)) {
            Member.pollUntilRead(1, member);
            assertThat(member.values).containsExactly("0");
            assertThat(member.consumer.position(new TopicPartition(topic, 0))).isEqualTo(11);
        }
    }

    private void pattern(String... settings) throws Exception {
        String topic = clients.topic(2);
        String other = clients.topic(1);
        try (Member member = new Member(clients, topic, settings)) {
            member.consumer.subscribe(Pattern.compile(Pattern.quote(topic) + "|" + Pattern.quote(other)));
            Member.pollUntil("three partitions", () -> member.partitions().size() == 3, member);
            assertThat(member.partitions())
                    .extracting(TopicPartition::topic)
                    .containsExactlyInAnyOrder(topic, topic, other);
        }
    }

    private void staticMember(String... settings) throws Exception {
        String topic = clients.topic(PARTITIONS);
        String[] first = instance("first", settings);
        try (Member other = new Member(clients, topic, instance("other", settings)).subscribed(topic)) {
            Set<TopicPartition> before;
            try (Member member = new Member(clients, topic, first).subscribed(topic)) {
                Member.pollUntilShared(PARTITIONS, member, other);
                before = Set.copyOf(member.partitions());
            }
            Set<TopicPartition> ofOther = Set.copyOf(other.partitions());
            try (Member member = new Member(clients, topic, first).subscribed(topic)) {
                Member.pollUntil(
                        "the same partitions", () -> member.partitions().equals(before), member, other);
                assertThat(other.partitions()).isEqualTo(ofOther);
            }
        }
    }

    private static String[] instance(String id, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("group.instance.id", id));
        return all.toArray(String[]::new);
    }

    private void fenced() throws Exception {
        String topic = clients.topic(1);
        try (Member first = new Member(clients, topic, instance("one")).subscribed(topic)) {
            Member.pollUntilShared(1, first);
            try (Member second = new Member(clients, topic, instance("one")).subscribed(topic)) {
                Member.pollUntilShared(1, second);
                assertThatThrownBy(() -> Member.pollUntil("an error", () -> false, first))
                        .isInstanceOf(FencedInstanceIdException.class);
            }
        }
    }

    private void unreleased() throws Exception {
        String topic = clients.topic(1);
        try (Member first = new Member(clients, topic, instance("one", CONSUMER_PROTOCOL)).subscribed(topic)) {
            Member.pollUntilShared(1, first);
            try (Member second = new Member(clients, topic, instance("one", CONSUMER_PROTOCOL)).subscribed(topic)) {
                assertThatThrownBy(() -> Member.pollUntil("an error", () -> false, second))
                        .isInstanceOf(UnreleasedInstanceIdException.class);
            }
            Member.pollUntilShared(1, first);
        }
    }

    private void listener(String... settings) throws Exception {
        String topic = clients.topic(1);
        List<String> calls = new ArrayList<>();
        try (Member member = new Member(clients, topic, settings)) {
            member.consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    partitions.forEach(partition -> calls.add("revoked " + partition));
                }

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    partitions.forEach(partition -> calls.add("assigned " + partition));
                }
            });
            Member.pollUntilShared(1, member);
            member.consumer.unsubscribe();
            assertThat(calls).containsExactly("assigned " + topic + "-0", "revoked " + topic + "-0");
            assertThat(member.partitions()).isEmpty();
        }
    }

    private void migrate() throws Exception {
        String topic = clients.topic(PARTITIONS);
        String[] classic = {"partition.assignment.strategy", CooperativeStickyAssignor.class.getName()};
        clients.send(topic, PARTITIONS, 40);
        try (Member first = new Member(clients, topic, classic).subscribed(topic)) {
            Member.pollUntilRead(40, first);
            first.consumer.commitSync();
            try (Member second = new Member(clients, topic, CONSUMER_PROTOCOL).subscribed(topic)) {
                Member.pollUntilShared(PARTITIONS, first, second);
                first.values.clear();
                clients.send(topic, PARTITIONS, 40);
                Member.pollUntilRead(40, first, second);
                assertThat(new TreeSet<>(Member.read(first, second))).isEqualTo(new TreeSet<>(numbers(40)));
            }
            Member.pollUntilShared(PARTITIONS, first);
        }
    }
}
