package io.tailrace.server;

import static io.tailrace.server.GroupReader.COOPERATIVE;
import static io.tailrace.server.GroupReader.RANGE;
import static io.tailrace.server.GroupReader.pollUntil;
import static io.tailrace.server.GroupReader.pollUntilShared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.apache.kafka.clients.consumer.CommitFailedException;
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
    private static final int PARTITIONS = 4;
    private static final AtomicInteger TOPICS = new AtomicInteger();

    private static BrokerFixture fixture;

    private String topic;
    private int sent;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        fixture = new BrokerFixture(directory, Map.of("group.initial.rebalance.delay.ms", "100"));
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

    private GroupReader member(String assignor, String... more) {
        List<String> settings = new ArrayList<>(List.of("partition.assignment.strategy", assignor));
        settings.addAll(List.of(more));
        return new GroupReader(fixture.bootstrap(), topic, "classic", settings.toArray(String[]::new));
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
        try (GroupReader first = member(assignor)) {
            pollUntilShared(PARTITIONS, first);
            List<String> later;
            try (GroupReader second = member(assignor)) {
                pollUntilShared(PARTITIONS, first, second);
                List<String> values = produce(400);
                pollUntil(() -> first.values().size() + second.values().size() == 400, first, second);

                assertThat(first.values()).hasSize(200);
                assertThat(Stream.concat(first.values().stream(), second.values().stream()))
                        .containsExactlyInAnyOrderElementsOf(values);
                first.consumer().commitSync();
                second.consumer().commitSync();
            }
            first.values().clear();
            pollUntilShared(PARTITIONS, first);
            later = produce(100);
            pollUntil(() -> first.values().size() >= 100, first);

            assertThat(first.values()).containsExactlyInAnyOrderElementsOf(later);
        }
    }

    @Test
    void theMembersOfACooperativeGroupKeepWhatDoesNotMove() {
        try (GroupReader first = member(COOPERATIVE)) {
            pollUntilShared(PARTITIONS, first);
            try (GroupReader second = member(COOPERATIVE)) {
                pollUntilShared(PARTITIONS, first, second);

                assertThat(first.revoked()).isEqualTo(second.partitions());
            }
        }
    }

    @Test
    void aMemberThatDiesIsRemovedAfterItsSessionTimeoutAndItsPartitionsAreReadFromWhereItCommitted() {
        try (GroupReader first = member(RANGE)) {
            GroupReader second = member(RANGE, "session.timeout.ms", "10000");
            pollUntilShared(PARTITIONS, first, second);
            List<String> values = produce(400);
            pollUntil(() -> first.values().size() + second.values().size() == 400, first, second);
            first.consumer().commitSync();
            Set<TopicPartition> lost = second.partitions();
            second.consumer()
                    .commitSync(lost.stream()
                            .collect(Collectors.toMap(partition -> partition, partition -> new OffsetAndMetadata(60))));
            second.crash();

            pollUntilShared(PARTITIONS, first);
            pollUntil(() -> first.values().size() >= 280, first);

            assertThat(first.values()).hasSize(280);
            assertThat(Stream.concat(first.values().stream(), second.values().stream()))
                    .containsAll(values);
        }
    }

    @Test
    void aStaticMemberThatRestartsKeepsItsPartitionsAndTheOthersNoticeNothing() {
        try (GroupReader first = member(RANGE, "group.instance.id", "a")) {
            GroupReader second = member(RANGE, "group.instance.id", "b");
            pollUntilShared(PARTITIONS, first, second);
            int generation = first.generation();
            Set<TopicPartition> partitions = second.partitions();
            second.close();

            try (GroupReader restarted = member(RANGE, "group.instance.id", "b")) {
                pollUntil(() -> !restarted.partitions().isEmpty(), first, restarted);

                assertThat(restarted.partitions()).isEqualTo(partitions);
                assertThat(restarted.generation()).isEqualTo(generation);
                assertThat(first.generation()).isEqualTo(generation);
                restarted.consumer().commitSync();
            }
        }
    }

    @Test
    void ofTwoMembersWithOneInstanceIdTheFirstIsFenced() {
        try (GroupReader first = member(RANGE, "group.instance.id", "a")) {
            pollUntilShared(PARTITIONS, first);
            try (GroupReader second = member(RANGE, "group.instance.id", "a")) {
                pollUntilShared(PARTITIONS, second);

                assertThatThrownBy(() -> pollUntil(() -> false, first)).isInstanceOf(FencedInstanceIdException.class);
            }
        }
    }

    @Test
    void aMemberThatWasRemovedCannotCommit() throws Exception {
        try (GroupReader first = member(RANGE, "group.instance.id", "a");
                Admin admin = fixture.admin()) {
            produce(4);
            pollUntil(() -> first.values().size() == 4, first);
            admin.removeMembersFromConsumerGroup(
                            topic, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("a"))))
                    .all()
                    .get();

            assertThatThrownBy(first.consumer()::commitSync).isInstanceOf(CommitFailedException.class);
        }
    }

    @Test
    void aToolSeesTheMembersAndTheirPartitions() throws Exception {
        try (GroupReader first = member(RANGE, "client.id", "one");
                GroupReader second = member(RANGE, "client.id", "two", "group.instance.id", "b");
                Admin admin = fixture.admin()) {
            pollUntilShared(PARTITIONS, first, second);

            ConsumerGroupDescription group = describe(admin);

            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("range");
            Map<String, Set<TopicPartition>> assigned = new HashMap<>();
            for (MemberDescription member : group.members()) {
                assigned.put(member.clientId(), member.assignment().topicPartitions());
                assertThat(member.host()).isEqualTo("/127.0.0.1");
            }
            assertThat(assigned).isEqualTo(Map.of("one", first.partitions(), "two", second.partitions()));
            first.consumer().unsubscribe();
            pollUntilShared(PARTITIONS, second);
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
        try (GroupReader first = member(RANGE, "metadata.recovery.strategy", "none")) {
            produce(100);
            pollUntil(() -> first.values().size() == 100, first);
            first.consumer().commitSync();
            int generation = first.generation();
            int assignments = first.assignments();
            fixture.restart();
            produce(100);
            pollUntil(() -> first.values().size() == 200, first);
            first.consumer().commitSync();

            assertThat(first.generation()).isEqualTo(generation);
            assertThat(first.assignments()).isEqualTo(assignments);
        }
    }
}
