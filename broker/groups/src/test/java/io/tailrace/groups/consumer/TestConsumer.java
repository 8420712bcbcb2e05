package io.tailrace.groups.consumer;

import io.tailrace.groups.Assignment;
import io.tailrace.groups.MemberClient;
import io.tailrace.groups.ShardHarness;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A client of the consumer protocol: it gives up what it must before it reports it, and sends what has changed only. */
final class TestConsumer {
    static final String GROUP = "g";
    private static final int REBALANCE_TIMEOUT_MS = 300_000;

    private final ShardHarness harness;
    private final String memberId;
    private final Map<String, Object> joinedWith = new TreeMap<>();
    private int epoch;
    private Assignment owned = Assignment.EMPTY;
    private @Nullable Assignment received;
    private @Nullable Assignment reported;
    private boolean sendsAll = true;

    TestConsumer(ShardHarness harness, String memberId) {
        this.harness = harness;
        this.memberId = memberId;
    }

    TestConsumer subscribedTo(String... topics) {
        joinedWith.put("topics", List.of(topics));
        return this;
    }

    TestConsumer matching(String regex) {
        joinedWith.put("regex", regex);
        return this;
    }

    TestConsumer instance(String instanceId) {
        joinedWith.put("instance", instanceId);
        return this;
    }

    TestConsumer choosing(String assignor) {
        joinedWith.put("assignor", assignor);
        return this;
    }

    /** The subscription changes, which the next heartbeat reports. */
    TestConsumer resubscribe(String... topics) {
        sendsAll = true;
        joinedWith.remove("regex");
        return subscribedTo(topics);
    }

    String memberId() {
        return memberId;
    }

    int epoch() {
        return epoch;
    }

    /** What it reads. */
    Assignment owned() {
        return owned;
    }

    boolean isStatic() {
        return joinedWith.containsKey("instance");
    }

    @SuppressWarnings("unchecked")
    private @Nullable List<String> topics() {
        return (List<String>) joinedWith.get("topics");
    }

    private @Nullable String text(String key) {
        return (String) joinedWith.get(key);
    }

    /** Empty for none, which takes an earlier pattern back. */
    private @Nullable String regex() {
        return joinedWith.containsKey("topics") && text("regex") == null ? "" : text("regex");
    }

    /** The next request: everything if it joins or does not know whether its last request arrived. */
    ConsumerGroupHeartbeatRequest request() {
        boolean all = sendsAll || epoch == 0;
        boolean reports = all || !owned.equals(reported);
        return new ConsumerGroupHeartbeatRequest(
                GROUP,
                memberId,
                epoch,
                text("instance"),
                null,
                all ? REBALANCE_TIMEOUT_MS : -1,
                all ? topics() : null,
                all ? regex() : null,
                text("assignor"),
                reports ? partitions(owned) : null);
    }

    static List<TopicPartitions> partitions(Assignment assignment) {
        List<TopicPartitions> partitions = new ArrayList<>();
        assignment
                .topics()
                .forEach((topic, indexes) -> partitions.add(new TopicPartitions(topic, List.copyOf(indexes))));
        return partitions;
    }

    ShardHarness.Answer<ConsumerGroupHeartbeatResponse> send() {
        return harness.submit(operation(request()));
    }

    static ConsumerGroupHeartbeat operation(ConsumerGroupHeartbeatRequest request) {
        return new ConsumerGroupHeartbeat(request, (short) 1, new MemberClient("client", "/127.0.0.1"), "generated");
    }

    /** Sends a heartbeat and does what the answer says. */
    ConsumerGroupHeartbeatResponse heartbeat() {
        Assignment sent = owned;
        ConsumerGroupHeartbeatResponse answer = send().get();
        receive(answer, sent);
        apply();
        return answer;
    }

    /** Takes an answer in, without giving up or starting to read partitions yet. */
    void receive(ConsumerGroupHeartbeatResponse answer, Assignment sent) {
        switch (answer.errorCode()) {
            case NONE -> {
                reported = sent;
                sendsAll = false;
                epoch = answer.memberEpoch();
                if (answer.assignment() != null) {
                    Map<UUID, List<Integer>> topics = new TreeMap<>();
                    answer.assignment()
                            .topicPartitions()
                            .forEach(topic -> topics.put(topic.topicId(), topic.partitions()));
                    received = Assignment.of(topics);
                }
            }
            case FENCED_MEMBER_EPOCH, UNKNOWN_MEMBER_ID -> {
                owned = Assignment.EMPTY;
                received = null;
                reported = null;
                epoch = 0;
                sendsAll = true;
            }
            default -> sendsAll = true;
        }
    }

    /** The answer was lost. */
    void lose() {
        sendsAll = true;
    }

    /** Gives partitions up and starts to read others, as the last answer says. It reports that, even if it had them already. */
    void apply() {
        if (received != null) {
            owned = received;
            received = null;
            reported = null;
        }
    }

    ErrorCode leave(int leaveEpoch) {
        owned = Assignment.EMPTY;
        received = null;
        return harness.call(operation(new ConsumerGroupHeartbeatRequest(
                        GROUP, memberId, leaveEpoch, text("instance"), null, -1, null, null, null, null)))
                .errorCode();
    }
}
