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
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sends batches that are ready, at most one request to each broker per step, and passes the responses to
 * {@link Delivery}.
 *
 * <p>For one thread: {@link #step} does all that can be done now and returns when to call it again.
 */
final class Sender {
    private final ProducerConfig config;
    private final Network network;
    private final CompletionQueue completions;
    private final Metadata metadata;
    private final Accumulator accumulator;
    private final ProducerIdentity identity;
    private final @Nullable Transactions transactions;
    private final Delivery delivery;
    private final Time time;
    private final Map<InetSocketAddress, Integer> inFlight = new HashMap<>();
    private int rotation;

    Sender(
            ProducerConfig config,
            Network network,
            CompletionQueue completions,
            Metadata metadata,
            Accumulator accumulator,
            @Nullable Transactions transactions,
            Time time,
            Backoff backoff) {
        this.config = config;
        this.network = network;
        this.completions = completions;
        this.metadata = metadata;
        this.accumulator = accumulator;
        this.transactions = transactions;
        this.time = time;
        this.identity = new ProducerIdentity(config, network, completions, metadata, time, backoff);
        this.delivery = new Delivery(config, accumulator, metadata, identity, transactions, backoff);
    }

    /** A request being built. */
    private static final class Outgoing {
        private final List<InFlightBatch> flights = new ArrayList<>();
        private int bytes;
        private boolean full;
    }

    /** A batch in a request, and its queue. */
    record InFlightBatch(PartitionQueue queue, PendingBatch batch) {}

    /** Handles responses, sends batches and expires old ones. Returns the time by which to call again. */
    long step(long nowMs) {
        completions.drain();
        long nextMs = metadata.poll(nowMs);
        delivery.failGone();
        delivery.expire(nowMs);
        if (transactions != null) {
            delivery.dropUnsent();
            nextMs = Math.min(nextMs, transactions.poll(nowMs));
            if (!transactions.maySend()) {
                return Math.min(nextMs, delivery.nextExpiryMs(nowMs));
            }
        } else if (config.idempotent() && !identity.isReady(nowMs)) {
            return Math.min(nextMs, Math.min(identity.nextMs(), delivery.nextExpiryMs(nowMs)));
        }
        boolean flushing = accumulator.isFlushing() || (transactions != null && transactions.isCommitting());
        List<PartitionQueue> queues = new ArrayList<>(accumulator.queues());
        Collections.rotate(queues, queues.isEmpty() ? 0 : rotation++ % queues.size());
        Map<InetSocketAddress, Outgoing> requests = new LinkedHashMap<>();
        for (PartitionQueue queue : queues) {
            if (!queue.isEmpty()) {
                nextMs = Math.min(nextMs, collect(queue, requests, nowMs, flushing));
            }
        }
        requests.forEach(this::send);
        return requests.isEmpty() ? Math.min(nextMs, delivery.nextExpiryMs(nowMs)) : nowMs;
    }

    /** Adds the queue's next batch to its leader's request. Returns when to look at the queue again. */
    private long collect(
            PartitionQueue queue, Map<InetSocketAddress, Outgoing> requests, long nowMs, boolean flushing) {
        MetadataSnapshot.Leader leader = metadata.snapshot().leader(queue.topicPartition());
        InetSocketAddress broker = leader == null ? null : leader.address();
        if (broker == null) {
            metadata.requestRefresh();
            return Long.MAX_VALUE;
        }
        if (metadata.snapshotRequestedMs() < queue.leaderStaleSinceMs()) {
            metadata.requestRefresh();
            return Long.MAX_VALUE;
        }
        if (transactions != null && !delivery.closeGap(queue)) {
            return Long.MAX_VALUE;
        }
        boolean brokerIsBusy = inFlight.getOrDefault(broker, 0) >= config.inFlightMax();
        if (brokerIsBusy || !queue.maySendTo(broker)) {
            return Long.MAX_VALUE;
        }
        PendingBatch batch = queue.next(nowMs, config, flushing);
        if (batch == null) {
            return queue.readyAtMs(nowMs, config, flushing) <= nowMs
                    ? Long.MAX_VALUE
                    : queue.readyAtMs(nowMs, config, flushing);
        }
        if (transactions != null) {
            queue.follow(transactions.join());
        }
        if (config.idempotent()) {
            queue.assignSequence(batch, identity.producerId());
        }
        Outgoing request = requests.computeIfAbsent(broker, address -> new Outgoing());
        int bytes = batch.encoded().remaining();
        request.full |= !request.flights.isEmpty() && request.bytes + bytes > config.requestBytesMax();
        if (!request.full) {
            request.bytes += bytes;
            request.flights.add(new InFlightBatch(queue, batch));
            queue.sent(batch, broker);
        }
        return Long.MAX_VALUE;
    }

    private void send(InetSocketAddress broker, Outgoing outgoing) {
        Map<String, List<ProduceRequest.Partition>> topics = new LinkedHashMap<>();
        for (InFlightBatch flight : outgoing.flights) {
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
        ProduceRequest request = new ProduceRequest(
                config.transactionalId().orElse(null), config.acks().wire(), timeoutMs, body);
        completions.whenComplete(
                network.send(broker, request, timeoutMs),
                (answer, failure) -> answered(broker, outgoing.flights, answer, failure));
    }

    private void answered(
            InetSocketAddress broker,
            List<InFlightBatch> flights,
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
        // All are marked as answered first: a sequence may restart only if nothing is in flight.
        flights.forEach(flight -> flight.queue().answered(flight.batch()));
        if (failure != null) {
            flights.forEach(flight -> flight.batch().markUnanswered());
        }
        for (InFlightBatch flight : flights) {
            delivery.handle(flight, outcome(flight, answers, failure), nowMs);
        }
    }

    private ProduceResponse.Partition outcome(
            InFlightBatch flight, Map<TopicPartition, ProduceResponse.Partition> answers, @Nullable Throwable failure) {
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
                        partition.partition(), ErrorCode.NETWORK_EXCEPTION, "the response lacks the partition");
    }

    /** The last failure of what all records wait for: the metadata, and the producer's id. Thread-safe. */
    Optional<ClientException> lastFailure() {
        return metadata.lastFailure().or(transactions == null ? identity::lastFailure : transactions::lastFailure);
    }

    /** Refuses further records and fails all unacknowledged ones. */
    void abort(ClientException why) {
        accumulator.close();
        accumulator.unacknowledged().forEach(batch -> delivery.fail(batch, why));
        if (transactions != null) {
            transactions.close(why);
        }
    }
}
