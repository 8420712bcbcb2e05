package io.tailrace.client;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.Request;
import io.tailrace.protocol.message.Response;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests to the broker that coordinates a group or transactional id. Each call is one attempt; after a failure the coordinator is looked up
 * again. Thread-safe.
 */
final class Coordinator {
    private final byte keyType;
    private final String key;
    private final Network network;
    private final Supplier<InetSocketAddress> anyBroker;
    private final Runnable avoidBroker;
    private final int timeoutMs;
    private volatile @Nullable InetSocketAddress address;

    /**
     * The coordinator of a group. Sends nothing yet.
     *
     * @param anyBroker a broker to ask for the coordinator
     * @param avoidBroker makes {@code anyBroker} return another one
     * @param timeoutMs how long each request may take
     */
    Coordinator(
            String group, Network network, Supplier<InetSocketAddress> anyBroker, Runnable avoidBroker, int timeoutMs) {
        this(FindCoordinatorRequest.GROUP, group, network, anyBroker, avoidBroker, timeoutMs);
    }

    private Coordinator(
            byte keyType,
            String key,
            Network network,
            Supplier<InetSocketAddress> anyBroker,
            Runnable avoidBroker,
            int timeoutMs) {
        this.keyType = keyType;
        this.key = key;
        this.network = network;
        this.anyBroker = anyBroker;
        this.avoidBroker = avoidBroker;
        this.timeoutMs = timeoutMs;
    }

    /** The coordinator of a transactional id. */
    static Coordinator ofTransactions(
            String transactionalId,
            Network network,
            Supplier<InetSocketAddress> anyBroker,
            Runnable avoidBroker,
            int timeoutMs) {
        return new Coordinator(
                FindCoordinatorRequest.TRANSACTION, transactionalId, network, anyBroker, avoidBroker, timeoutMs);
    }

    /** The group or transactional id. */
    String key() {
        return key;
    }

    /**
     * Asks the coordinator.
     *
     * @param read reads the answer, and throws for an error after which another broker may be the coordinator
     */
    <R extends Response, T> CompletableFuture<T> ask(Request<R> request, Function<R, T> read) {
        return ask(request, read, timeoutMs);
    }

    /** Like {@link #ask(Request, Function)}, for a request that the coordinator may hold for longer. */
    <R extends Response, T> CompletableFuture<T> ask(Request<R> request, Function<R, T> read, int requestTimeoutMs) {
        return find().thenCompose(broker -> network.send(broker, request, requestTimeoutMs))
                .thenApply(read)
                .whenComplete((done, failure) -> {
                    if (failure != null && Retry.errorOf(failure) != ErrorCode.CONCURRENT_TRANSACTIONS) {
                        address = null;
                    }
                });
    }

    /** Throws if an answer has an error. */
    void check(ErrorCode error, String what) {
        if (error != ErrorCode.NONE) {
            String kind = keyType == FindCoordinatorRequest.GROUP ? "group " : "transactional id ";
            throw new ClientException(error, kind + key + ", " + what + ": " + error);
        }
    }

    private CompletableFuture<InetSocketAddress> find() {
        InetSocketAddress known = address;
        if (known != null) {
            return CompletableFuture.completedFuture(known);
        }
        FindCoordinatorRequest request = new FindCoordinatorRequest(key, keyType, List.of(key));
        return network.send(anyBroker.get(), request, timeoutMs)
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        avoidBroker.run();
                    }
                })
                .thenApply(this::found);
    }

    /** Up to version 3 a response is one coordinator; from 4 on it is a list. */
    private InetSocketAddress found(FindCoordinatorResponse answer) {
        InetSocketAddress found;
        if (answer.coordinators().isEmpty()) {
            check(answer.errorCode(), "coordinator");
            found = InetSocketAddress.createUnresolved(answer.host(), answer.port());
        } else {
            FindCoordinatorResponse.Coordinator first = answer.coordinators().get(0);
            check(first.errorCode(), "coordinator");
            found = InetSocketAddress.createUnresolved(first.host(), first.port());
        }
        address = found;
        return found;
    }
}
