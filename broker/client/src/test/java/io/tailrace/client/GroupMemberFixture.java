package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A consumer that subscribes, step by step. The test answers as the coordinator. */
abstract class GroupMemberFixture {
    static final int HEARTBEAT_MS = 1_000;

    final ManualTime time = new ManualTime();
    final ScriptedNetwork network = new ScriptedNetwork();
    final ConsumerConfig.Builder config =
            ConsumerConfig.builder("broker:1").group("g").offsetReset(OffsetReset.EARLIEST);
    final List<String> events = new ArrayList<>();
    final RebalanceListener listener = new RebalanceListener() {
        @Override
        public void assigned(Set<TopicPartition> partitions) {
            events.add("assigned " + text(partitions));
        }

        @Override
        public void revoked(Set<TopicPartition> partitions) {
            events.add("revoked " + text(partitions));
        }

        @Override
        public void lost(Set<TopicPartition> partitions) {
            events.add("lost " + text(partitions));
        }
    };
    private @Nullable FetchingConsumer opened;

    GroupMemberFixture() {
        for (int index = 0; index < 4; index++) {
            network.lead(1, new TopicPartition("t", index));
        }
    }

    static String text(Set<TopicPartition> partitions) {
        return partitions.stream().sorted().map(TopicPartition::toString).collect(Collectors.joining(" "));
    }

    FetchingConsumer consumer() {
        if (opened == null) {
            opened = new FetchingConsumer(config.build(), new ConsumerNetworks(network, network, network), time);
        }
        return opened;
    }

    void subscribe() {
        consumer().subscribe(List.of("t"), listener);
        step();
        answer(
                FindCoordinatorRequest.class,
                new FindCoordinatorResponse(
                        0,
                        ErrorCode.NONE,
                        null,
                        1,
                        "broker",
                        1,
                        List.of(new FindCoordinatorResponse.Coordinator("g", 1, "broker", 1, ErrorCode.NONE, null))));
        step();
    }

    /** Twice: what an answer makes due is sent by the second one. */
    void step() {
        consumer().step();
        consumer().step();
    }

    void poll() {
        consumer().poll(Duration.ZERO);
        step();
    }

    <R extends Request<?>> ScriptedNetwork.Asked take(Class<R> type) {
        ScriptedNetwork.Asked asked = network.asked().stream()
                .filter(each -> type.isInstance(each.request()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + type.getSimpleName() + " among " + network.asked()));
        network.asked().remove(asked);
        return asked;
    }

    <R extends Request<?>> R answer(Class<R> type, Response response) {
        ScriptedNetwork.Asked asked = take(type);
        asked.answer(response);
        step();
        return asked.as(type);
    }

    boolean waits(Class<? extends Request<?>> type) {
        return network.asked().stream().anyMatch(each -> type.isInstance(each.request()));
    }

    /** Answers all lookups: membership and offsets make one each. */
    void findCoordinatorAgain() {
        while (waits(FindCoordinatorRequest.class)) {
            answer(
                    FindCoordinatorRequest.class,
                    new FindCoordinatorResponse(
                            0,
                            ErrorCode.NONE,
                            null,
                            2,
                            "broker",
                            2,
                            List.of(new FindCoordinatorResponse.Coordinator(
                                    "g", 2, "broker", 2, ErrorCode.NONE, null))));
        }
    }
}
