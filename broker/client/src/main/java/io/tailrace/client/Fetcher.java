package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads ahead: one fetch at a time for each leader, for the partitions of which less than one answer's worth waits to
 * be polled. So a partition holds at most twice {@code max.partition.fetch.bytes}, but for a batch that is larger.
 *
 * <p>One thread's: {@link #step} does all that can be done now, and says when to come again.
 */
final class Fetcher {
    /** How long a broker may hold a fetch that leaves out a partition whose records have not been polled yet. */
    private static final int SHORT_WAIT_MS = 10;

    private final ConsumerConfig config;
    private final Network network;
    private final Mailbox mailbox;
    private final Metadata metadata;
    private final Assignment assignment;
    private final Positions positions;
    private final Time time;
    private final Backoff backoff;
    private final Set<InetSocketAddress> asked = new HashSet<>();
    private int turn;

    Fetcher(
            ConsumerConfig config,
            Network network,
            Mailbox mailbox,
            Metadata metadata,
            Assignment assignment,
            Positions positions,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.mailbox = mailbox;
        this.metadata = metadata;
        this.assignment = assignment;
        this.positions = positions;
        this.time = time;
        this.backoff = backoff;
    }

    /** A fetch in the making: what to ask of a leader, and the generation it is asked for. */
    private static final class Outgoing {
        private final Map<String, List<FetchRequest.Partition>> topics = new LinkedHashMap<>();
        private final Map<TopicPartition, Integer> generations = new HashMap<>();
        private boolean leavesOut;
    }

    /** Takes answers, and asks for what there is room for. Returns when to be called again at the latest. */
    long step(long nowMs) {
        mailbox.drain();
        long againMs = metadata.poll(nowMs);
        Map<InetSocketAddress, Outgoing> requests = new LinkedHashMap<>();
        synchronized (assignment) {
            positions.ask(nowMs);
            List<PartitionState> states = new ArrayList<>(assignment.states());
            Collections.rotate(states, states.isEmpty() ? 0 : -(turn++ % states.size()));
            for (PartitionState state : states) {
                collect(state, requests, nowMs);
                againMs = Math.min(againMs, state.retryAtMs() > nowMs ? state.retryAtMs() : Long.MAX_VALUE);
            }
            requests.values().forEach(this::markAsked);
        }
        requests.forEach(this::send);
        return againMs;
    }

    private void collect(PartitionState state, Map<InetSocketAddress, Outgoing> requests, long nowMs) {
        if (!state.hasPosition() || !state.mayAsk(nowMs)) {
            return;
        }
        ClusterView.Leader leader = metadata.view().leader(state.topicPartition());
        InetSocketAddress broker = leader == null ? null : leader.address();
        if (leader == null || broker == null) {
            metadata.requestRefresh();
            return;
        }
        if (asked.contains(broker)) {
            return;
        }
        Outgoing request = requests.computeIfAbsent(broker, address -> new Outgoing());
        if (state.bufferedBytes() >= config.partitionFetchBytesMax()) {
            request.leavesOut = true;
            return;
        }
        TopicPartition partition = state.topicPartition();
        request.generations.put(partition, state.generation());
        request.topics
                .computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                .add(new FetchRequest.Partition(
                        partition.partition(),
                        leader.epoch(),
                        state.fetchOffset(),
                        -1,
                        -1,
                        config.partitionFetchBytesMax()));
    }

    private void markAsked(Outgoing request) {
        request.generations
                .keySet()
                .forEach(partition -> assignment.assigned(partition).asked());
    }

    private void send(InetSocketAddress broker, Outgoing outgoing) {
        if (outgoing.topics.isEmpty()) {
            return;
        }
        List<FetchRequest.Topic> topics = new ArrayList<>();
        outgoing.topics.forEach((topic, partitions) -> topics.add(new FetchRequest.Topic(topic, partitions)));
        int waitMs = outgoing.leavesOut ? Math.min(SHORT_WAIT_MS, config.fetchWaitMsMax()) : config.fetchWaitMsMax();
        asked.add(broker);
        FetchRequest request = new FetchRequest(-1, waitMs, config.fetchBytesMin(), config.fetchBytesMax(), topics);
        mailbox.onOutcome(
                network.send(broker, request, config.client().requestTimeoutMs()),
                (answer, failure) -> answered(broker, outgoing.generations, answer, failure));
    }

    private void answered(
            InetSocketAddress broker,
            Map<TopicPartition, Integer> generations,
            @Nullable FetchResponse answer,
            @Nullable Throwable failure) {
        asked.remove(broker);
        long nowMs = time.elapsedMs();
        ErrorCode error = answer == null ? ErrorCode.NETWORK_EXCEPTION : answer.errorCode();
        if (failure != null) {
            error = Retry.errorOf(failure);
        }
        ClientException fatal = error == ErrorCode.NONE || error.retriable()
                ? null
                : new ClientException(error, "fetch from " + broker + ": " + error);
        synchronized (assignment) {
            if (answer != null && error == ErrorCode.NONE) {
                take(answer, generations, nowMs);
            }
            generations.forEach((partition, generation) -> {
                PartitionState state = assignment.state(partition);
                if (state != null && state.generation() == generation) {
                    metadata.requestRefresh();
                    state.failed(nowMs, backoff);
                    if (fatal != null) {
                        state.failWith(fatal);
                    }
                }
            });
            assignment.notifyAll();
        }
    }

    /** Takes what was answered, and leaves in {@code generations} what was not. */
    private void take(FetchResponse answer, Map<TopicPartition, Integer> generations, long nowMs) {
        for (FetchResponse.Topic topic : answer.topics()) {
            for (FetchResponse.Partition read : topic.partitions()) {
                TopicPartition partition = new TopicPartition(topic.topic(), read.partitionIndex());
                Integer generation = generations.remove(partition);
                PartitionState state = assignment.state(partition);
                if (generation != null && state != null && state.generation() == generation) {
                    take(state, read, nowMs);
                }
            }
        }
    }

    private void take(PartitionState state, FetchResponse.Partition read, long nowMs) {
        ErrorCode error = read.errorCode();
        if (error == ErrorCode.NONE) {
            state.answered();
            RecordsPayload records = read.records();
            if (records != null) {
                state.buffer(records.buffer());
            }
        } else if (error == ErrorCode.OFFSET_OUT_OF_RANGE) {
            state.answered();
            outOfRange(state, nowMs);
        } else if (error.retriable()) {
            metadata.requestRefresh();
            state.failed(nowMs, backoff);
        } else {
            state.failWith(new ClientException(error, state.topicPartition() + ": " + error));
        }
    }

    /** What was read ahead is still to be polled: the position itself may be in the log. */
    private void outOfRange(PartitionState state, long nowMs) {
        if (state.fetchOffset() == state.position()) {
            positions.outOfRange(state);
        } else {
            state.failed(nowMs, backoff);
        }
    }
}
