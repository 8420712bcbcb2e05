package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sends an admin client's requests to any broker, a given one or the controller, and retries. Thread-safe. */
final class AdminCalls {
    private final ClientConfig config;
    private final Network network;
    private final Retry retry;
    private final AtomicInteger brokerTurn = new AtomicInteger();

    AdminCalls(ClientConfig config, Network network, Time time) {
        this.config = config;
        this.network = network;
        Backoff backoff = new Backoff(config, () -> ThreadLocalRandom.current().nextDouble());
        this.retry = new Retry(config.requestTimeoutMs(), backoff, time);
    }

    int timeoutMs() {
        return config.requestTimeoutMs();
    }

    Network network() {
        return network;
    }

    /** Waits for the result of {@code attempt}, which is repeated after a retriable error. */
    <T> T call(String what, Supplier<CompletableFuture<T>> attempt) {
        return retry.call(what, attempt);
    }

    InetSocketAddress anyBroker() {
        List<InetSocketAddress> servers = config.bootstrapServers();
        return servers.get(Math.floorMod(brokerTurn.get(), servers.size()));
    }

    void avoidBroker() {
        brokerTurn.incrementAndGet();
    }

    /** Asks any broker, and another one after a failure. */
    <R extends Response> CompletableFuture<R> ask(Request<R> request) {
        return network.send(anyBroker(), request, timeoutMs()).whenComplete((answer, failure) -> {
            if (failure != null) {
                avoidBroker();
            }
        });
    }

    CompletableFuture<MetadataResponse> metadata(@Nullable Collection<String> topics) {
        List<MetadataRequest.Topic> names = topics == null
                ? null
                : topics.stream().map(MetadataRequest.Topic::new).toList();
        return ask(new MetadataRequest(names, false, false, false));
    }

    /** The controller's address. */
    CompletableFuture<InetSocketAddress> controller() {
        return metadata(List.of())
                .thenApply(answer -> address(
                        answer,
                        answer.controllerId(),
                        ErrorCode.NOT_CONTROLLER,
                        "the cluster has no controller at the moment"));
    }

    /** The controller's address, or any broker's while there is no controller. */
    CompletableFuture<InetSocketAddress> controllerOrAny() {
        InetSocketAddress any = anyBroker();
        return metadata(List.of())
                .thenApply(answer ->
                        MetadataSnapshot.EMPTY.updated(answer).brokers().getOrDefault(answer.controllerId(), any));
    }

    /** A broker's address. */
    CompletableFuture<InetSocketAddress> broker(int id) {
        return metadata(List.of())
                .thenApply(
                        answer -> address(answer, id, ErrorCode.BROKER_NOT_AVAILABLE, "broker " + id + " is not up"));
    }

    private static InetSocketAddress address(MetadataResponse answer, int broker, ErrorCode error, String message) {
        InetSocketAddress address =
                MetadataSnapshot.EMPTY.updated(answer).brokers().get(broker);
        if (address == null) {
            throw new ClientException(error, message);
        }
        return address;
    }

    /** The outcome of one part of a change; {@code what} names the part, such as "topic web" or "web-0". */
    record Outcome(String what, ErrorCode error, @Nullable String message) {}

    /**
     * Requests a change, and retries. An earlier attempt may have made the change if its answer was lost, or if it succeeded in
     * part. The error {@code alreadyDone} is then a success.
     *
     * @param where looks up the broker to ask
     */
    <R extends Response> void change(
            String what,
            Supplier<CompletableFuture<InetSocketAddress>> where,
            Request<R> request,
            ErrorCode alreadyDone,
            Function<R, Stream<Outcome>> outcomesOf) {
        AtomicBoolean mayBeDone = new AtomicBoolean();
        Set<String> done = ConcurrentHashMap.newKeySet();
        call(what, () -> where.get()
                .thenCompose(
                        broker -> network.send(broker, request, timeoutMs()).whenComplete((answer, failure) -> {
                            if (failure != null) {
                                mayBeDone.set(true);
                            }
                        }))
                .thenApply(answer -> {
                    List<Outcome> outcomes = outcomesOf.apply(answer).toList();
                    for (Outcome outcome : outcomes) {
                        if (outcome.error() == ErrorCode.NONE) {
                            done.add(outcome.what());
                        } else if (outcome.error() == ErrorCode.REQUEST_TIMED_OUT) {
                            mayBeDone.set(true);
                        }
                    }
                    for (Outcome outcome : outcomes) {
                        boolean wasDone = mayBeDone.get() || done.contains(outcome.what());
                        if (!wasDone || outcome.error() != alreadyDone) {
                            checkExisting(outcome.error(), outcome.what(), outcome.message());
                        }
                    }
                    return true;
                }));
    }

    static void check(ErrorCode error, String what, @Nullable String message) {
        if (error != ErrorCode.NONE) {
            throw new ClientException(error, what + ": " + error + (message == null ? "" : ", " + message));
        }
    }

    /** Like {@link #check}, for a topic or partition that must exist; if it does not, there is no retry. */
    static void checkExisting(ErrorCode error, String what, @Nullable String message) {
        if (error == ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) {
            throw new UnknownTopicException(what);
        }
        check(error, what, message);
    }

    /** An unknown topic or partition. Not retriable here. (A producer retries it, since its topic may be about to be created.) */
    static final class UnknownTopicException extends ClientException {
        private static final long serialVersionUID = 1L;

        UnknownTopicException(String what) {
            super(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, what + " does not exist");
        }

        @Override
        public boolean retriable() {
            return false;
        }
    }
}
