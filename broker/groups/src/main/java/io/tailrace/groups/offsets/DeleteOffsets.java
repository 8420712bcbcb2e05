package io.tailrace.groups.offsets;

import io.tailrace.groups.Group;
import io.tailrace.groups.GroupsShard;
import io.tailrace.groups.OffsetTable;
import io.tailrace.groups.Refusal;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.shard.Decision;
import io.tailrace.shard.Operation;
import io.tailrace.shard.Ticket;
import io.tailrace.shard.Timeout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Deletes offsets of a group, also those that are pending in transactions, except those of topics that its members read. Offsets of deleted topics can be deleted.
 *
 * <p>Offsets that do not fit into one decision are deleted in several. Each decision looks at the group's current state.
 *
 * @param request the request
 */
public record DeleteOffsets(OffsetDeleteRequest request) implements Operation<GroupsShard, OffsetDeleteResponse> {
    /** A partition that the request names, valid or not. */
    private record Named(String topic, int index) {}

    @Override
    public Decision<GroupsShard> decide(GroupsShard state, Ticket<OffsetDeleteResponse> ticket, long nowMs) {
        String id = request.groupId();
        return state.groups().get(id) == null && state.offsets().isEmpty(id)
                ? Decision.reply(ticket, refused(ErrorCode.GROUP_ID_NOT_FOUND))
                : deleteFrom(new Rest(this, named(), List.of(), ticket), state, nowMs);
    }

    private Decision<GroupsShard> deleteFrom(Rest rest, GroupsShard state, long nowMs) {
        Ticket<OffsetDeleteResponse> ticket = rest.ticket;
        Group group = state.groups().get(request.groupId());
        if (group != null && !group.isEmpty() && !group.isOfConsumers()) {
            return Decision.reply(ticket, refused(ErrorCode.NON_EMPTY_GROUP));
        }
        Predicate<String> isRead = group == null || group.isEmpty() ? topic -> false : group.subscription();
        Decision.Builder<GroupsShard> decision = new Decision.Builder<>();
        Tombstones tombstones = new Tombstones(decision);
        List<Named> named = rest.named;
        List<ErrorCode> results = new ArrayList<>(rest.done);
        Set<Named> deleted = new HashSet<>();
        while (results.size() < named.size()) {
            if (!tombstones.hasRoom()) {
                return decision.start(new Rest(this, named, results, ticket), nowMs)
                        .build();
            }
            Named partition = named.get(results.size());
            ErrorCode error =
                    isRead.test(partition.topic) ? ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC : error(state, partition);
            if (error == ErrorCode.NONE && hasOffset(state, partition) && deleted.add(partition)) {
                tombstones.append(request.groupId(), new TopicPartition(partition.topic, partition.index));
            }
            results.add(error);
        }
        return decision.reply(ticket, answer(results)).build();
    }

    private List<Named> named() {
        return request.topics().stream()
                .flatMap(topic ->
                        topic.partitions().stream().map(each -> new Named(topic.name(), each.partitionIndex())))
                .toList();
    }

    private boolean hasOffset(GroupsShard state, Named named) {
        if (named.index < 0) {
            return false;
        }
        TopicPartition partition = new TopicPartition(named.topic, named.index);
        OffsetTable offsets = state.offsets();
        return offsets.newest(request.groupId()).containsKey(partition)
                || offsets.pending().partitions(request.groupId()).contains(partition);
    }

    /** An error only for a partition that neither exists nor has an offset. */
    private ErrorCode error(GroupsShard state, Named partition) {
        boolean exists = state.cluster()
                .topic(partition.topic)
                .filter(known -> partition.index >= 0 && partition.index < known.partitions())
                .isPresent();
        return exists || hasOffset(state, partition) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }

    private OffsetDeleteResponse answer(List<ErrorCode> results) {
        Iterator<ErrorCode> next = results.iterator();
        List<OffsetDeleteResponse.Topic> topics = request.topics().stream()
                .map(topic -> new OffsetDeleteResponse.Topic(
                        topic.name(),
                        topic.partitions().stream()
                                .map(each -> new OffsetDeleteResponse.Partition(each.partitionIndex(), next.next()))
                                .toList()))
                .toList();
        return new OffsetDeleteResponse(ErrorCode.NONE, 0, topics);
    }

    /** The partitions of a request that have no result yet. Each is a timer of its own, equal only to itself. */
    private static final class Rest implements Timeout<GroupsShard> {
        private final DeleteOffsets deletion;
        private final List<Named> named;
        private final List<ErrorCode> done;
        private final Ticket<OffsetDeleteResponse> ticket;

        /**
         * A deletion that has not begun, or is to be continued.
         *
         * @param named all partitions of the request
         * @param done the results of the first of them
         */
        Rest(DeleteOffsets deletion, List<Named> named, List<ErrorCode> done, Ticket<OffsetDeleteResponse> ticket) {
            this.deletion = deletion;
            this.named = named;
            this.done = done;
            this.ticket = ticket;
        }

        @Override
        public Decision<GroupsShard> expired(GroupsShard state, long nowMs) {
            return deletion.deleteFrom(this, state, nowMs);
        }
    }

    @Override
    public OffsetDeleteResponse refused(ErrorCode error) {
        return new OffsetDeleteResponse(Refusal.shown(error), 0, List.of());
    }
}
