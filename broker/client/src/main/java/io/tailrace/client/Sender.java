package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends what is ready, one request at a time for each broker that may have another, and hands the answers to
 * {@link Delivery}.
 *
 * <p>One thread's: {@link #step} does all that can be done now, and says when to come again.
 */
final class Sender {
    private final ProducerConfig config;
    private final Network network;
    private final Mailbox mailbox;
    private final Metadata metadata;
    private final Accumulator accumulator;
    private final ProducerIdentity identity;
    private final Delivery delivery;
    private final Time time;
    private final Map<InetSocketAddress, Integer> inFlight = new HashMap<>();
    private int turn;

    Sender(
            ProducerConfig config,
            Network network,
            Mailbox mailbox,
            Metadata metadata,
            Accumulator accumulator,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.mailbox = mailbox;
        this.metadata = metadata;
        this.accumulator = accumulator;
        this.time = time;
        this.identity = new ProducerIdentity(config, network, mailbox, metadata, time, backoff);
        this.delivery = new Delivery(config, accumulator, metadata, identity, backoff);
    }

    /** A request in the making. */
    private static final class Outgoing {
        private final List<Flight> flights = new ArrayList<>();
        private int bytes;
        private boolean full;
    }

    /** A batch in a request, and where it belongs. */
    record Flight(PartitionQueue queue, ProducerBatch batch) {}

    /** Takes answers, sends what is ready, gives up what is too old. Returns when to be called again at the latest. */
    long step(long nowMs) {
        mailbox.drain();
        long againMs = metadata.poll(nowMs);
        delivery.expire(nowMs);
        if (config.idempotent() && !identity.isReady(nowMs)) {
            return Math.min(againMs, Math.min(identity.againMs(), delivery.nextExpiryMs(nowMs)));
        }
        boolean hurry = accumulator.isHurrying();
        List<PartitionQueue> queues = new ArrayList<>(accumulator.queues());
        Collections.rotate(queues, queues.isEmpty() ? 0 : turn++ % queues.size());
        Map<InetSocketAddress, Outgoing> requests = new LinkedHashMap<>();
        for (PartitionQueue queue : queues) {
            if (!queue.isEmpty()) {
                againMs = Math.min(againMs, collect(queue, requests, nowMs, hurry));
            }
        }
        requests.forEach(this::send);
        return requests.isEmpty() ? Math.min(againMs, delivery.nextExpiryMs(nowMs)) : nowMs;
    }

    /** Puts the queue's next batch into its leader's request. Returns when to look at the queue again. */
    private long collect(PartitionQueue queue, Map<InetSocketAddress, Outgoing> requests, long nowMs, boolean hurry) {
        ClusterView.Leader leader = metadata.view().leader(queue.topicPartition());
        InetSocketAddress broker = leader == null ? null : leader.address();
        if (broker == null) {
            metadata.requestRefresh();
            return Long.MAX_VALUE;
        }
        if (metadata.viewAskedMs() < queue.leaderDoubtedMs()) {
            metadata.requestRefresh();
            return Long.MAX_VALUE;
        }
        boolean brokerIsBusy = inFlight.getOrDefault(broker, 0) >= config.inFlightMax();
        if (brokerIsBusy || !queue.maySendTo(broker)) {
            return Long.MAX_VALUE;
        }
        ProducerBatch batch = queue.next(nowMs, config, hurry);
        if (batch == null) {
            return queue.readyAtMs(nowMs, config, hurry) <= nowMs
                    ? Long.MAX_VALUE
                    : queue.readyAtMs(nowMs, config, hurry);
        }
        if (config.idempotent()) {
            queue.assignSequence(batch, identity.producerId());
        }
        Outgoing request = requests.computeIfAbsent(broker, address -> new Outgoing());
        int bytes = batch.encoded().remaining();
        request.full |= !request.flights.isEmpty() && request.bytes + bytes > config.requestBytesMax();
        if (!request.full) {
            request.bytes += bytes;
            request.flights.add(new Flight(queue, batch));
            queue.sent(batch, broker);
        }
        return Long.MAX_VALUE;
    }

    private void send(InetSocketAddress broker, Outgoing outgoing) {
        Map<String, List<ProduceRequest.Partition>> topics = new LinkedHashMap<>();
        for (Flight flight : outgoing.flights) {
            TopicPartition partition = flight.queue().topicPartition();
            topics.computeIfAbsent(partition.topic(), topic -> new ArrayList<>())
                    .add(new ProduceRequest.Partition(
                            partition.partition(),
                            RecordsPayload.of(flight.batch().encoded().duplicate())));
        }
        List<ProduceRequest.Topic> body = new ArrayList<>();
        topics.forEach((topic, partitions) -> body.add(new ProduceRequest.Topic(topic, partitions)));
        int timeoutMs = config.client().requestTimeoutMs();
        inFlight.merge(broker, 1, Integer::sum);
        ProduceRequest request = new ProduceRequest(null, config.acks().wire(), timeoutMs, body);
        mailbox.onOutcome(
                network.send(broker, request, timeoutMs),
                (answer, failure) -> answered(broker, outgoing.flights, answer, failure));
    }

    private void answered(
            InetSocketAddress broker,
            List<Flight> flights,
            @Nullable ProduceResponse answer,
            @Nullable Throwable failure) {
        inFlight.merge(broker, -1, Integer::sum);
        long nowMs = time.elapsedMs();
        Map<TopicPartition, ProduceResponse.Partition> answers = new HashMap<>();
        if (answer != null) {
            for (ProduceResponse.Topic topic : answer.topics()) {
                topic.partitions()
                        .forEach(partition ->
                                answers.put(new TopicPartition(topic.name(), partition.index()), partition));
            }
        }
        // All landed before any is judged: whether a sequence may restart depends on nothing being in flight.
        flights.forEach(flight -> flight.queue().answered(flight.batch()));
        for (Flight flight : flights) {
            delivery.judge(flight, outcome(flight, answers, failure), nowMs);
        }
    }

    private ProduceResponse.Partition outcome(
            Flight flight, Map<TopicPartition, ProduceResponse.Partition> answers, @Nullable Throwable failure) {
        TopicPartition partition = flight.queue().topicPartition();
        if (failure != null) {
            ErrorCode error = failure instanceof ClientException e ? e.errorCode() : ErrorCode.UNKNOWN_SERVER_ERROR;
            return ProduceResponse.Partition.refused(partition.partition(), error, failure.getMessage());
        }
        if (config.acks() == Acks.NONE) {
            return ProduceResponse.Partition.appended(partition.partition(), -1, -1, -1);
        }
        ProduceResponse.Partition answer = answers.get(partition);
        return answer != null
                ? answer
                : ProduceResponse.Partition.refused(
                        partition.partition(), ErrorCode.NETWORK_EXCEPTION, "the answer leaves the partition out");
    }

    /** Fails all that is left, and what may still come. */
    void abort(ClientException why) {
        accumulator.close();
        accumulator.unacknowledged().forEach(batch -> delivery.fail(batch, why));
    }
}
