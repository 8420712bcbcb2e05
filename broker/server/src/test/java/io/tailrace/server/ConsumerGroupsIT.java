package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's consumers in groups of the consumer protocol (KIP-848), and of both protocols. */
class ConsumerGroupsIT {
    private static final int PARTITIONS = 4;
    private static BrokerFixture fixture;

    private String topic;
    private int sent;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(
                directory,
                Map.of(
                        "group.initial.rebalance.delay.ms", "100",
                        "group.min.session.timeout.ms", "1000",
                        "group.consumer.session.timeout.ms", "6000",
                        "group.consumer.min.session.timeout.ms", "6000",
                        "group.consumer.heartbeat.interval.ms", "1000",
                        "group.consumer.min.heartbeat.interval.ms", "1000"));
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @BeforeEach
    void createTopic(TestInfo test) throws Exception {
        topic = test.getTestMethod().orElseThrow().getName();
        create(topic);
    }

    private static void create(String name) throws Exception {
        try (Admin admin = fixture.admin()) {
            admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** A consumer in the group of the topic's name, and what it has read. */
    private final class Member implements AutoCloseable {
        private final KafkaConsumer<String, String> consumer;
        private final List<String> values = new ArrayList<>();

        Member(String protocol, String... more) {
            List<String> settings = new ArrayList<>(List.of("group.id", topic, "group.protocol", protocol));
            if (protocol.equals("classic")) {
                settings.addAll(List.of(
                        "session.timeout.ms", "6000",
                        "heartbeat.interval.ms", "200",
                        "partition.assignment.strategy",
                                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
            }
            settings.addAll(List.of(more));
            consumer = fixture.consumer(settings.toArray(String[]::new));
            consumer.subscribe(List.of(topic));
        }

        void resubscribe(String pattern) {
            consumer.unsubscribe();
            consumer.subscribe(new SubscriptionPattern(pattern));
        }

        void poll() {
            consumer.poll(Duration.ofMillis(20)).forEach(record -> values.add(record.value()));
        }

        Set<TopicPartition> partitions() {
            return consumer.assignment();
        }

        /** Ends without a word to the broker. */
        void crash() {
            consumer.close(
                    CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
        }

        @Override
        public void close() {
            consumer.close();
        }
    }

    private static void pollUntil(Callable<Boolean> condition, Member... members) {
        await().atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .pollInSameThread()
                .until(() -> {
                    Stream.of(members).forEach(Member::poll);
                    return condition.call();
                });
    }

    private static void pollUntilShared(int partitions, Member... members) {
        pollUntil(
                () -> {
                    List<TopicPartition> all = Stream.of(members)
                            .flatMap(member -> member.partitions().stream())
                            .toList();
                    return all.size() == partitions
                            && new HashSet<>(all).size() == partitions
                            && Stream.of(members)
                                    .allMatch(member -> member.partitions().size() >= partitions / members.length);
                },
                members);
    }

    private void produce(int count) {
        try (KafkaProducer<String, String> producer = fixture.producer()) {
            for (int i = 0; i < count; i++) {
                var unused =
                        producer.send(new ProducerRecord<>(topic, sent % PARTITIONS, null, String.valueOf(sent++)));
            }
        }
    }

    private static int read(Member... members) {
        Set<String> values = new TreeSet<>();
        Stream.of(members).forEach(member -> values.addAll(member.values));
        return values.size();
    }

    private ConsumerGroupDescription describe() throws Exception {
        try (Admin admin = fixture.admin()) {
            return admin.describeConsumerGroups(List.of(topic))
                    .all()
                    .get()
                    .values()
                    .iterator()
                    .next();
        }
    }

    private long committed() throws Exception {
        try (Admin admin = fixture.admin()) {
            return admin.listConsumerGroupOffsets(topic).partitionsToOffsetAndMetadata().get().values().stream()
                    .mapToLong(OffsetAndMetadata::offset)
                    .sum();
        }
    }

    @Test
    void membersShareThePartitionsAndTakeOverFromOneThatLeavesOrCrashes() throws Exception {
        try (Member first = new Member("consumer")) {
            pollUntilShared(PARTITIONS, first);
            try (Member second = new Member("consumer", "group.remote.assignor", "range")) {
                pollUntilShared(PARTITIONS, first, second);
                produce(400);
                pollUntil(() -> read(first, second) == 400, first, second);
                first.consumer.commitSync();
                second.consumer.commitSync();

                ConsumerGroupDescription group = describe();
                assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
                assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(group.members()).hasSize(2);
                assertThat(committed()).isEqualTo(400);
            }
            pollUntilShared(PARTITIONS, first);

            Member third = new Member("consumer");
            pollUntilShared(PARTITIONS, first, third);
            third.crash();
            pollUntilShared(PARTITIONS, first);
        }
        assertThat(describe().groupState()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void newPartitionsAreAssigned() throws Exception {
        try (Member first = new Member("consumer");
                Member second = new Member("consumer")) {
            pollUntilShared(PARTITIONS, first, second);
            try (Admin admin = fixture.admin()) {
                admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(6)))
                        .all()
                        .get();
            }
            pollUntilShared(6, first, second);
        }
    }

    @Test
    void topicsThatMatchAPatternAreRead() throws Exception {
        try (Member member = new Member("consumer")) {
            member.resubscribe(topic + "(-.*)?");
            pollUntilShared(PARTITIONS, member);
            create(topic + "-later");
            pollUntilShared(2 * PARTITIONS, member);
        }
        try (Member member = new Member("consumer")) {
            member.resubscribe("(");
            assertThatThrownBy(() -> pollUntil(() -> false, member)).isInstanceOf(InvalidRegularExpression.class);
        }
    }

    @Test
    void staticMemberThatStartsAgainKeepsItsPartitions() throws Exception {
        try (Member other = new Member("consumer")) {
            Member member = new Member("consumer", "group.instance.id", "i");
            pollUntilShared(PARTITIONS, other, member);
            Set<TopicPartition> had = Set.copyOf(member.partitions());
            Set<TopicPartition> othersBefore = Set.copyOf(other.partitions());
            try (Member twin = new Member("consumer", "group.instance.id", "i")) {
                assertThatThrownBy(() -> pollUntil(() -> false, twin))
                        .isInstanceOf(UnreleasedInstanceIdException.class);
            }
            member.close();
            try (Member again = new Member("consumer", "group.instance.id", "i")) {
                pollUntilShared(PARTITIONS, other, again);

                assertThat(again.partitions()).isEqualTo(had);
                assertThat(other.partitions()).isEqualTo(othersBefore);
            }
        }
    }

    @Test
    void rollingUpgradeToTheConsumerProtocolAndBackLosesNoCommit() throws Exception {
        Member[] members = {new Member("classic"), new Member("classic"), new Member("classic")};
        List<String> read = new ArrayList<>();
        pollUntilShared(PARTITIONS, members);
        for (String protocol : List.of("consumer", "classic")) {
            for (int i = 0; i < members.length; i++) {
                produce(100);
                int expected = sent;
                Member[] now = members;
                pollUntil(() -> collected(read, now) == expected, members);
                commitAll(members);
                members[i].close();
                members[i] = new Member(protocol);
                pollUntilShared(PARTITIONS, members);
            }
            produce(100);
            int expected = sent;
            Member[] now = members;
            pollUntil(() -> collected(read, now) == expected, members);
            commitAll(members);
            assertThat(describe().type())
                    .isEqualTo(protocol.equals("consumer") ? GroupType.CONSUMER : GroupType.CLASSIC);
            assertThat(committed()).isEqualTo(sent);
        }
        Stream.of(members).forEach((Consumer<Member>) Member::close);
        assertThat(read.stream().collect(Collectors.toSet())).hasSize(sent);
        assertThat(read)
                .as("nothing was read twice, since everything was committed")
                .hasSize(sent);
    }

    private static void commitAll(Member... members) {
        Stream.of(members).forEach(member -> member.consumer.commitSync());
    }

    /** Moves what the members have read to {@code all} and returns how much that is. */
    private static int collected(List<String> all, Member... members) {
        for (Member member : members) {
            all.addAll(member.values);
            member.values.clear();
        }
        return all.size();
    }
}
