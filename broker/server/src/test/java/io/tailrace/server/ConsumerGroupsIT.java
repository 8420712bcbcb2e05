package io.tailrace.server;

import static io.tailrace.server.GroupReader.commitAll;
import static io.tailrace.server.GroupReader.pollUntil;
import static io.tailrace.server.GroupReader.pollUntilShared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
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
                        "group.consumer.min.session.timeout.ms", "10000",
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

    private GroupReader member(String protocol, String... more) {
        return new GroupReader(fixture.bootstrap(), topic, protocol, more);
    }

    private void produce(int count) {
        try (KafkaProducer<String, String> producer = fixture.producer()) {
            for (int i = 0; i < count; i++) {
                var unused =
                        producer.send(new ProducerRecord<>(topic, sent % PARTITIONS, null, String.valueOf(sent++)));
            }
        }
    }

    private static void resubscribe(GroupReader member, String pattern) {
        member.consumer().unsubscribe();
        member.consumer().subscribe(new SubscriptionPattern(pattern));
    }

    private static int read(GroupReader... members) {
        Set<String> values = new TreeSet<>();
        Stream.of(members).forEach(member -> values.addAll(member.values()));
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

    /** Members of this group that crash are removed after ten seconds, not after 45. */
    private void endSessionsSoon() throws Exception {
        try (Admin admin = fixture.admin()) {
            admin.incrementalAlterConfigs(Map.of(
                            new ConfigResource(ConfigResource.Type.GROUP, topic),
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("consumer.session.timeout.ms", "10000"),
                                    AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
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
        endSessionsSoon();
        try (GroupReader first = member("consumer")) {
            pollUntilShared(PARTITIONS, first);
            try (GroupReader second = member("consumer", "group.remote.assignor", "range")) {
                pollUntilShared(PARTITIONS, first, second);
                produce(400);
                pollUntil(() -> read(first, second) == 400, first, second);
                first.consumer().commitSync();
                second.consumer().commitSync();

                ConsumerGroupDescription group = describe();
                assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
                assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
                assertThat(group.members()).hasSize(2);
                assertThat(committed()).isEqualTo(400);
            }
            pollUntilShared(PARTITIONS, first);

            GroupReader third = member("consumer");
            pollUntilShared(PARTITIONS, first, third);
            third.crash();
            pollUntilShared(PARTITIONS, first);
        }
        assertThat(describe().groupState()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void newPartitionsAreAssigned() throws Exception {
        try (GroupReader first = member("consumer");
                GroupReader second = member("consumer")) {
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
        try (GroupReader member = member("consumer")) {
            resubscribe(member, topic + "(-.*)?");
            pollUntilShared(PARTITIONS, member);
            create(topic + "-later");
            pollUntilShared(2 * PARTITIONS, member);
        }
        try (GroupReader member = member("consumer")) {
            resubscribe(member, "(");
            assertThatThrownBy(() -> pollUntil(() -> false, member)).isInstanceOf(InvalidRegularExpression.class);
        }
    }

    @Test
    void staticMemberThatStartsAgainKeepsItsPartitions() throws Exception {
        try (GroupReader other = member("consumer")) {
            GroupReader member = member("consumer", "group.instance.id", "i");
            pollUntilShared(PARTITIONS, other, member);
            Set<TopicPartition> had = Set.copyOf(member.partitions());
            Set<TopicPartition> othersBefore = Set.copyOf(other.partitions());
            try (GroupReader twin = member("consumer", "group.instance.id", "i")) {
                assertThatThrownBy(() -> pollUntil(() -> false, twin))
                        .isInstanceOf(UnreleasedInstanceIdException.class);
            }
            member.close();
            try (GroupReader again = member("consumer", "group.instance.id", "i")) {
                pollUntilShared(PARTITIONS, other, again);

                assertThat(again.partitions()).isEqualTo(had);
                assertThat(other.partitions()).isEqualTo(othersBefore);
            }
        }
    }

    @Test
    void rollingUpgradeToTheConsumerProtocolAndBackLosesNoCommit() throws Exception {
        GroupReader[] members = {member("classic"), member("classic"), member("classic")};
        List<String> read = new ArrayList<>();
        pollUntilShared(PARTITIONS, members);
        for (String protocol : List.of("consumer", "classic")) {
            for (int i = 0; i < members.length; i++) {
                produce(100);
                int expected = sent;
                GroupReader[] now = members;
                pollUntil(() -> collected(read, now) == expected, members);
                commitAll(members);
                members[i].close();
                members[i] = member(protocol);
                pollUntilShared(PARTITIONS, members);
            }
            produce(100);
            int expected = sent;
            GroupReader[] now = members;
            pollUntil(() -> collected(read, now) == expected, members);
            commitAll(members);
            assertThat(describe().type())
                    .isEqualTo(protocol.equals("consumer") ? GroupType.CONSUMER : GroupType.CLASSIC);
            assertThat(committed()).isEqualTo(sent);
        }
        Stream.of(members).forEach((Consumer<GroupReader>) GroupReader::close);
        assertThat(read.stream().collect(Collectors.toSet())).hasSize(sent);
        assertThat(read)
                .as("nothing was read twice, since everything was committed")
                .hasSize(sent);
    }

    /** Moves what the members have read to {@code all} and returns how much that is. */
    private static int collected(List<String> all, GroupReader... members) {
        for (GroupReader member : members) {
            all.addAll(member.values());
            member.values().clear();
        }
        return all.size();
    }
}
