package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AddOffsetsToTxnRequest;
import io.tailrace.protocol.message.AddOffsetsToTxnResponse;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.transaction.TransactionCoordinator;
import io.tailrace.transactions.AddPartitions;
import io.tailrace.transactions.ProducerIdentity;
import java.util.Set;

/** Adds the partition that stores a group's offsets to a transaction. */
public final class AddOffsetsToTxnHandler implements RequestHandler<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse> {
    private static final short VERSION_1 = 1;

    private final TransactionCoordinator transactions;
    private final GroupCoordinator groups;

    public AddOffsetsToTxnHandler(TransactionCoordinator transactions, GroupCoordinator groups) {
        this.transactions = transactions;
        this.groups = groups;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ADD_OFFSETS_TO_TXN;
    }

    @Override
    public void handle(AddOffsetsToTxnRequest request, Call<AddOffsetsToTxnResponse> call) {
        TopicPartition offsets = new TopicPartition(GroupCoordinator.TOPIC, groups.partitionOf(request.groupId()));
        ProducerIdentity producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
        boolean knowsFenced = call.header().version() >= TransactionErrors.KNOWS_FENCED;
        call.onDisconnect(transactions.submit(
                request.transactionalId(),
                new AddPartitions(request.transactionalId(), producer, Set.of(offsets), VERSION_1),
                error -> call.answer(answer(error, knowsFenced)))::giveUp);
    }

    private static AddOffsetsToTxnResponse answer(ErrorCode error, boolean knowsFenced) {
        return new AddOffsetsToTxnResponse(0, TransactionErrors.shown(error, knowsFenced));
    }
}
