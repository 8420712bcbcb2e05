package io.tailrace.server.shard;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.shard.Reply;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The requests of one shard that are not answered yet, by ticket. Thread-safe. */
final class OpenRequests {
    private final Map<Long, ShardRequest<?>> byTicket = new ConcurrentHashMap<>();

    void add(ShardRequest<?> request) {
        byTicket.put(request.id(), request);
    }

    /** The type of a ticket binds the reply to the request. */
    @SuppressWarnings("unchecked")
    <A> void answer(Reply<A> reply) {
        ShardRequest<A> request =
                (ShardRequest<A>) byTicket.remove(reply.ticket().id());
        if (request != null) {
            request.answer(reply.answer());
        }
    }

    void refuse(ShardRequest<?> request, ErrorCode error) {
        byTicket.remove(request.id());
        request.refuse(error);
    }

    void refuse(Reply<?> reply, ErrorCode error) {
        ShardRequest<?> request = byTicket.remove(reply.ticket().id());
        if (request != null) {
            request.refuse(error);
        }
    }

    /** Refuses all, oldest first. */
    void refuseAll(ErrorCode error) {
        byTicket.values().stream()
                .sorted(Comparator.comparingLong(ShardRequest::id))
                .forEach(request -> refuse(request, error));
    }

    void giveUp(ShardRequest<?> request) {
        request.giveUp();
        byTicket.remove(request.id());
    }

    int size() {
        return byTicket.size();
    }
}
