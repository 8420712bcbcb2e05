package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.ClassicGroupState;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidRegularExpression;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Operations that only clients from 4.0 on have. */
final class NewerChecks {
    private final Clients clients;

    NewerChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                Check.since("4.0", "group, consumer protocol: SubscriptionPattern (RE2)", this::subscriptionPattern),
                Check.since("4.0", "admin: describeConsumerGroups of the consumer protocol", this::describeConsumer),
                Check.since("4.0", "admin: describeClassicGroups", this::describeClassic),
                Check.since("4.1", "admin: listGroups, by state and type", this::listGroups),
                Check.since("4.1", "admin: listConfigResources", this::listConfigResources),
                Check.since("4.0", "admin: settings of groups", this::groupConfigs),
                new Check("share groups", "4.1", "no: there are no share groups", this::shareGroups));
    }

    private static String[] consumerProtocol() {
        return new String[] {"group.protocol", "consumer"};
    }

    private void subscriptionPattern() throws Exception {
        String topic = clients.topic(2);
        clients.send(topic, 2, 10);
        try (Member member = new Member(clients, topic, consumerProtocol())) {
            member.consumer.subscribe(new SubscriptionPattern(topic.substring(0, topic.length() - 1) + "[0-9]$"));
            Member.pollUntil(
                    "the topic's partitions", () -> member.partitions().contains(new TopicPartition(topic, 1)), member);
            Member.pollUntil("its records", () -> member.values.size() >= 10, member);
            member.consumer.unsubscribe();
            member.consumer.subscribe(new SubscriptionPattern("(unclosed"));
            assertThatThrownBy(() -> Member.pollUntil("an error", () -> false, member))
                    .isInstanceOf(InvalidRegularExpression.class);
        }
    }

    private void describeConsumer() throws Exception {
        String topic = clients.topic(2);
        try (Member member = new Member(clients, topic, consumerProtocol()).subscribed(topic);
                Admin admin = clients.admin()) {
            Member.pollUntilShared(2, member);
            ConsumerGroupDescription group = Objects.requireNonNull(
                    get(admin.describeConsumerGroups(List.of(topic)).all()).get(topic));
            assertThat(group.type()).isEqualTo(GroupType.CONSUMER);
            assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("uniform");
            assertThat(group.groupEpoch().orElseThrow()).isPositive();
            assertThat(group.members()).singleElement().satisfies(found -> {
                assertThat(found.memberEpoch()).isEqualTo(group.targetAssignmentEpoch());
                assertThat(found.upgraded()).contains(true);
                assertThat(found.assignment().topicPartitions()).hasSize(2);
            });
        }
    }

    private void describeClassic() throws Exception {
        String topic = clients.topic(1);
        try (Member member = new Member(clients, topic).subscribed(topic);
                Admin admin = clients.admin()) {
            Member.pollUntilShared(1, member);
            assertThat(get(admin.describeClassicGroups(List.of(topic)).all()).get(topic))
                    .satisfies(group -> {
                        assertThat(group.protocol()).isEqualTo("consumer");
                        assertThat(group.state()).isEqualTo(ClassicGroupState.STABLE);
                        assertThat(group.members()).hasSize(1);
                    });
        }
    }

    private void listGroups() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic(1), 0);
        String empty = Clients.name();
        try (Admin admin = clients.admin()) {
            get(admin.alterConsumerGroupOffsets(empty, Map.of(partition, new OffsetAndMetadata(5)))
                    .all());
            assertThat(get(admin.listGroups().all()))
                    .filteredOn(group -> group.groupId().equals(empty))
                    .extracting(GroupListing::type)
                    .containsExactly(Optional.of(GroupType.CLASSIC));
            assertThat(get(admin.listGroups(new ListGroupsOptions().withTypes(Set.of(GroupType.CONSUMER)))
                            .all()))
                    .extracting(GroupListing::groupId)
                    .doesNotContain(empty);
            assertThat(get(admin.listGroups(new ListGroupsOptions().inGroupStates(Set.of(GroupState.STABLE)))
                            .all()))
                    .extracting(GroupListing::groupId)
                    .doesNotContain(empty);
        }
    }

    private void listConfigResources() throws Exception {
        String topic = clients.topic(1);
        try (Admin admin = clients.admin()) {
            Clients.eventually(() -> assertThat(get(admin.listConfigResources(
                                    Set.of(ConfigResource.Type.TOPIC, ConfigResource.Type.BROKER),
                                    new ListConfigResourcesOptions())
                            .all()))
                    .contains(
                            new ConfigResource(ConfigResource.Type.TOPIC, topic),
                            new ConfigResource(ConfigResource.Type.BROKER, "1"),
                            new ConfigResource(ConfigResource.Type.BROKER, "2")));
        }
    }

    private void groupConfigs() throws Exception {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, Clients.name());
        try (Admin admin = clients.admin()) {
            get(admin.incrementalAlterConfigs(Map.of(
                            group,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("consumer.session.timeout.ms", "50000"),
                                    AlterConfigOp.OpType.SET))))
                    .all());
            Clients.eventually(() -> {
                Config config = Objects.requireNonNull(
                        get(admin.describeConfigs(List.of(group)).all()).get(group));
                assertThat(config.get("consumer.session.timeout.ms").value()).isEqualTo("50000");
            });
        }
    }

    private void shareGroups() throws Exception {
        String topic = clients.topic(1);
        try (Admin admin = clients.admin()) {
            assertThatThrownBy(
                            () -> get(admin.describeShareGroups(List.of(topic)).all()))
                    .hasRootCauseInstanceOf(UnsupportedVersionException.class);
        }
        try (KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(
                Map.of("bootstrap.servers", clients.bootstrapServers(), "group.id", topic),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            assertThatThrownBy(() -> Clients.until("an error", () -> {
                        consumer.poll(Clients.POLL);
                        return false;
                    }))
                    .isInstanceOf(UnsupportedVersionException.class);
        }
    }
}
