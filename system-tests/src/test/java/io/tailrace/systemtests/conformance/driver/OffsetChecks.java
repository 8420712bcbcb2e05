package io.tailrace.systemtests.conformance.driver;

import static io.tailrace.systemtests.conformance.driver.Clients.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.ConsumerGroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.ConsumerGroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.GroupSubscribedToTopicException;
import org.apache.kafka.common.errors.UnknownMemberIdException;

/** Committed offsets, and the admin client's operations on consumer groups. */
@SuppressWarnings({"deprecation", "removal"}) // the calls that 3.4 has
final class OffsetChecks {
    private final Clients clients;

    OffsetChecks(Clients clients) {
        this.clients = clients;
    }

    List<Check> all() {
        return List.of(
                Check.of("offsets: commitSync, committed of an assigned partition", this::commitAssigned),
                Check.of("offsets: alterConsumerGroupOffsets, listConsumerGroupOffsets", this::alterOffsets),
                Check.of("offsets: deleteConsumerGroupOffsets", this::deleteOffsets),
                Check.of("offsets: alter and delete are refused while members live", this::refusedWhileMembersLive),
                Check.of("admin: listConsumerGroups, by state", this::listGroups),
                Check.of("admin: describeConsumerGroups", this::describeGroups),
                Check.of("admin: removeMembersFromConsumerGroup", this::removeMembers),
                Check.of("admin: deleteConsumerGroups", this::deleteGroups));
    }

    private void commitAssigned() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic(1), 0);
        clients.send(partition.topic(), 1, 10);
        String group = Clients.name();
        try (KafkaConsumer<String, String> consumer = clients.consumer("group.id", group)) {
            consumer.assign(List.of(partition));
            assertThat(consumer.committed(Set.of(partition))).containsEntry(partition, null);
            consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7, "half way")));
        }
        try (KafkaConsumer<String, String> consumer = clients.consumer("group.id", group)) {
            assertThat(consumer.committed(Set.of(partition)))
                    .containsEntry(partition, new OffsetAndMetadata(7, "half way"));
            consumer.assign(List.of(partition));
            assertThat(consumer.position(partition)).isEqualTo(7);
        }
    }

    private void alterOffsets() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic(1), 0);
        String group = Clients.name();
        try (Admin admin = clients.admin()) {
            get(admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(5, "set")))
                    .all());
            assertThat(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .isEqualTo(Map.of(partition, new OffsetAndMetadata(5, "set")));
        }
    }

    private void deleteOffsets() throws Exception {
        String topic = clients.topic(2);
        TopicPartition first = new TopicPartition(topic, 0);
        TopicPartition second = new TopicPartition(topic, 1);
        String group = Clients.name();
        try (Admin admin = clients.admin()) {
            get(admin.alterConsumerGroupOffsets(
                            group, Map.of(first, new OffsetAndMetadata(5), second, new OffsetAndMetadata(6)))
                    .all());
            get(admin.deleteConsumerGroupOffsets(group, Set.of(first)).all());
            assertThat(get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()))
                    .containsOnlyKeys(second);
        }
    }

    private void refusedWhileMembersLive() throws Exception {
        String topic = clients.topic(1);
        TopicPartition partition = new TopicPartition(topic, 0);
        try (Member member = new Member(clients, topic).subscribed(topic);
                Admin admin = clients.admin()) {
            Member.pollUntilShared(1, member);
            member.consumer.commitSync(Map.of(partition, new OffsetAndMetadata(0)));
            assertThatThrownBy(() ->
                            get(admin.alterConsumerGroupOffsets(topic, Map.of(partition, new OffsetAndMetadata(5)))
                                    .all()))
                    .hasRootCauseInstanceOf(UnknownMemberIdException.class);
            assertThatThrownBy(() -> get(admin.deleteConsumerGroupOffsets(topic, Set.of(partition))
                            .all()))
                    .hasRootCauseInstanceOf(GroupSubscribedToTopicException.class);
            assertThatThrownBy(
                            () -> get(admin.deleteConsumerGroups(List.of(topic)).all()))
                    .hasRootCauseInstanceOf(GroupNotEmptyException.class);
        }
    }

    private void listGroups() throws Exception {
        String topic = clients.topic(1);
        String empty = Clients.name();
        try (Member member = new Member(clients, topic).subscribed(topic);
                Admin admin = clients.admin()) {
            get(admin.alterConsumerGroupOffsets(empty, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(5)))
                    .all());
            Member.pollUntilShared(1, member);
            assertThat(get(admin.listConsumerGroups().all()))
                    .extracting(ConsumerGroupListing::groupId)
                    .contains(topic, empty);
            assertThat(get(admin.listConsumerGroups(
                                    new ListConsumerGroupsOptions().inStates(Set.of(ConsumerGroupState.STABLE)))
                            .all()))
                    .extracting(ConsumerGroupListing::groupId)
                    .contains(topic)
                    .doesNotContain(empty);
        }
    }

    private void describeGroups() throws Exception {
        String topic = clients.topic(2);
        try (Member member = new Member(clients, topic, "group.instance.id", "one", "client.id", "reader")
                        .subscribed(topic);
                Admin admin = clients.admin()) {
            Member.pollUntilShared(2, member);
            ConsumerGroupDescription group = describe(admin, topic);
            assertThat(group.state()).isEqualTo(ConsumerGroupState.STABLE);
            assertThat(group.partitionAssignor()).isEqualTo("range");
            assertThat(group.coordinator().id()).isIn(1, 2);
            assertThat(group.members()).singleElement().satisfies(found -> {
                assertThat(found.groupInstanceId()).contains("one");
                assertThat(found.clientId()).isEqualTo("reader");
                assertThat(found.host()).contains("127.0.0.1");
                assertThat(found.assignment().topicPartitions())
                        .containsExactlyInAnyOrder(new TopicPartition(topic, 0), new TopicPartition(topic, 1));
            });
        }
    }

    private static ConsumerGroupDescription describe(Admin admin, String group) throws Exception {
        return Objects.requireNonNull(
                get(admin.describeConsumerGroups(List.of(group)).all()).get(group));
    }

    private void removeMembers() throws Exception {
        String topic = clients.topic(1);
        try (Member member = new Member(clients, topic, "group.instance.id", "one").subscribed(topic);
                Admin admin = clients.admin()) {
            Member.pollUntilShared(1, member);
            get(admin.removeMembersFromConsumerGroup(
                            topic, new RemoveMembersFromConsumerGroupOptions(List.of(new MemberToRemove("one"))))
                    .all());
            assertThat(describe(admin, topic).members())
                    .extracting(MemberDescription::groupInstanceId)
                    .isEmpty();
        }
    }

    private void deleteGroups() throws Exception {
        TopicPartition partition = new TopicPartition(clients.topic(1), 0);
        String group = Clients.name();
        try (Admin admin = clients.admin()) {
            get(admin.alterConsumerGroupOffsets(group, Map.of(partition, new OffsetAndMetadata(5)))
                    .all());
            get(admin.deleteConsumerGroups(List.of(group)).all());
            assertThat(get(admin.listConsumerGroups().all()))
                    .extracting(ConsumerGroupListing::groupId)
                    .doesNotContain(group);
            assertThatThrownBy(
                            () -> get(admin.deleteConsumerGroups(List.of(group)).all()))
                    .hasRootCauseInstanceOf(GroupIdNotFoundException.class);
        }
    }
}
