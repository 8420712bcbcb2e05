package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's consumers in groups of the classic protocol. */
class ClassicGroupsIT {
    private static final String RANGE = "org.apache.kafka.clients.consumer.RangeAssignor";
    private static final String COOPERATIVE = "org.apache.kafka.clients.consumer.CooperativeStickyAssignor";
    private static final int PARTITIONS = 4;
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private static BrokerFixture fixture;

    private String topic;
    private int sent;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(
                directory, Map.of("group.initial.rebalance.delay.ms", "100", "group.min.session.timeout.ms", "1000"));
    }

    @AfterAll
    static void stop() throws Exception {
        fixture.close();
    }

    @BeforeEach
    void createTopic() throws Exception {
        topic = "web-" + TOPICS.incrementAndGet();
        try (Admin admin = fixture.admin()) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1)))
                    .all()
                    .get();
        }
    }

    /** A consumer of the topic in the group of the same name, and what happened to it. */
    private final class Member implements ConsumerRebalanceListener, AutoCloseable {
        private final KafkaConsumer<String, String> consumer;
        private final List<String> values = new ArrayList<>();
        private final Set<TopicPartition> revoked = new HashSet<>();
        private int assignments;

        Member(String assignor, String... more) {
            List<String> settings = new ArrayList<>(List.of(
                    "group.id", topic,
                    "group.protocol", "classic",
                    "partition.assignment.strategy", assignor,
                    "session.timeout.ms", "6000",
                    "heartbeat.interval.ms", "200"));
            settings.addAll(List.of(more));
            consumer = fixture.consumer(settings.toArray(String[]::new));
            consumer.subscribe(List.of(topic), this);
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
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            assignments++;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revoked.addAll(partitions);
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

    private static void pollUntilShared(Member... members) {
        pollUntil(
                () -> {
                    List<TopicPartition> all = Stream.of(members)
                            .flatMap(member -> member.partitions().stream())
                            .toList();
                    return all.size() == PARTITIONS
                            && new HashSet<>(all).size() == PARTITIONS
                            && Stream.of(members)
                                    .allMatch(member -> member.partitions().size() == PARTITIONS / members.length);
                },
                members);
    }

    private List<String> produce(int count) {
        List<String> values =
                IntStream.range(sent, sent + count).mapToObj(String::valueOf).toList();
        try (KafkaProducer<String, String> producer = fixture.producer()) {
            for (String value : values) {
                var unused = producer.send(new ProducerRecord<>(topic, sent++ % PARTITIONS, null, value));
            }
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(strings = {RANGE, COOPERATIVE})
    void membersShareThePartitionsAndTakeOverFromOneThatLeaves(String assignor) {
        try (Member first = new Member(assignor)) {
            pollUntilShared(first);
            List<String> later;
            try (Member second = new Member(assignor)) {
                pollUntilShared(first, second);
                List<String> values = produce(400);
                pollUntil(() -> first.values.size() + second.values.size() == 400, first, second);

                assertThat(first.values).hasSize(200);
                assertThat(Stream.concat(first.values.stream(), second.values.stream()))
                        .containsExactlyInAnyOrderElementsOf(values);
                first.consumer.commitSync();
                second.consumer.commitSync();
            }
            first.values.clear();
            pollUntilShared(first);
            later = produce(100);
            pollUntil(() -> first.values.size() >= 100, first);

            assertThat(first.values).containsExactlyInAnyOrderElementsOf(later);
        }
    }

    @Test
    void theMembersOfACooperativeGroupKeepWhatDoesNotMove() {
        try (Member first = new Member(COOPERATIVE)) {
            pollUntilShared(first);
            try (Member second = new Member(COOPERATIVE)) {
                pollUntilShared(first, second);

                assertThat(first.revoked).isEqualTo(second.partitions());
            }
        }
    }

    @Test
    void aMemberThatDiesIsRemovedAfterItsSessionTimeoutAndItsPartitionsAreReadFromWhereItCommitted() {
        try (Member first = new Member(RANGE)) {
            Member second = new Member(RANGE, "session.timeout.ms", "1000");
            pollUntilShared(first, second);
            List<String> values = produce(400);
            pollUntil(() -> first.values.size() + second.values.size() == 400, first, second);
            first.consumer.commitSync();
            Set<TopicPartition> lost = second.partitions();
            second.consumer.commitSync(lost.stream()
                    .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(60))));
            second.crash();

            pollUntilShared(first);
            pollUntil(() -> first.values.size() >= 280, first);

            assertThat(first.values).hasSize(280);
            assertThat(Stream.concat(first.values.stream(), second.values.stream()))
                    .containsAll(values);
        }
    }

    @Test
    void aStaticMemberThatRestartsKeepsItsPartitionsAndTheOthersNoticeNothing() {
        try (Member first = new Member(RANGE, "group.instance.id", "a")) {
            Member second = new Member(RANGE, "group.instance.id", "b");
            pollUntilShared(first, second);
            int generation = first.consumer.groupMetadata().generationId();
            Set<TopicPartition> partitions = second.partitions();
            second.close();

            try (Member restarted = new Member(RANGE, "group.instance.id", "b")) {
                pollUntil(() -> !restarted.partitions().isEmpty(), first, restarted);

                assertThat(restarted.partitions()).isEqualTo(partitions);
                assertThat(restarted.consumer.groupMetadata().generationId()).isEqualTo(generation);
                assertThat(first.consumer.groupMetadata().generationId()).isEqualTo(generation);
                restarted.consumer.commitSync();
            }
        }
    }

    @Test
    void ofTwoMembersWithOneInstanceIdTheFirstIsFenced() {
        try (Member first = new Member(RANGE, "group.instance.id", "a")) {
            pollUntilShared(first);
            try (Member second = new Member(RANGE, "group.instance.id", "a")) {
                pollUntilShared(second);

                assertThatThrownBy(() -> pollUntil(() -> false, first)).isInstanceOf(FencedInstanceIdException.class);
            }
        }
    }

    @Test
    void aMemberThatWasRemovedCannotCommit() throws Exception {
        try (Member first = new Member(RANGE, "group.instance.id", "a");
                Admin admin = fixture.admin()) {
            produce(4);
            pollUntil(() -> first.values.size() == 4, first);
            admin.removeMembersFromConsumerGroup(
                            topic, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("a"))))
                    .all()
                    .get();

            assertThatThrownBy(first.consumer::commitSync).isInstanceOf(CommitFailedException.class);
        }
    }

    @Test
    void aToolSeesTheMembersAndTheirPartitions() throws Exception {
        try (Member first = new Member(RANGE, "client.id", "one");
                Member second = new Member(RANGE, "client.id", "two", "group.instance.id", "b");
                Admin admin = fixture.admin()) {
            pollUntilShared(first, second);

            ConsumerGroupDescription group = describe(admin);

            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("range");
            Map<String, Set<TopicPartition>> assigned = new HashMap<>();
            for (MemberDescription member : group.members()) {
                assigned.put(member.clientId(), member.assignment().topicPartitions());
                assertThat(member.host()).isEqualTo("/127.0.0.1");
            }
            assertThat(assigned).isEqualTo(Map.of("one", first.partitions(), "two", second.partitions()));
            first.consumer.unsubscribe();
            pollUntilShared(second);
            assertThat(describe(admin).members())
                    .extracting(member -> member.groupInstanceId().orElseThrow())
                    .containsExactly("b");
        }
    }

    private ConsumerGroupDescription describe(Admin admin) throws Exception {
        return admin.describeConsumerGroups(List.of(topic))
                .all()
                .get()
                .values()
                .iterator()
                .next();
    }

    @Test
    void offsetsSurviveARestartOfTheBrokerAndMembersGoOn() throws Exception {
        // Without the only broker, the client would otherwise forget all topics, and join again when they are back.
        try (Member first = new Member(RANGE, "session.timeout.ms", "30000", "metadata.recovery.strategy", "none")) {
            produce(100);
            pollUntil(() -> first.values.size() == 100, first);
            first.consumer.commitSync();
            int generation = first.consumer.groupMetadata().generationId();
            int assignments = first.assignments;
            fixture.restart();
            produce(100);
            pollUntil(() -> first.values.size() == 200, first);
            first.consumer.commitSync();

            assertThat(first.consumer.groupMetadata().generationId()).isEqualTo(generation);
            assertThat(first.assignments).isEqualTo(assignments);
        }
    }
}
