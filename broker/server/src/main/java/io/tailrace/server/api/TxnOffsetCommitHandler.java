package io.tailrace.server.api;

import io.tailrace.groups.offsets.CommitTransactionOffsets;
import io.tailrace.groups.offsets.CommitTransactionOffsets.Answer;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.TxnOffsetCommitRequest;
import io.tailrace.protocol.message.TxnOffsetCommitResponse;
import io.tailrace.server.group.GroupCoordinator;
import io.tailrace.server.shard.Submission;
import io.tailrace.server.transaction.TransactionVerifier;
import io.tailrace.transactions.ProducerIdentity;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Commits offsets of a group in a transaction, and answers when the in-sync replicas have them. Before the first offsets of a
 * transaction in a partition are stored, its coordinator is asked, which adds the partition for clients of transaction version 2.
 */
public final class TxnOffsetCommitHandler implements RequestHandler<TxnOffsetCommitRequest, TxnOffsetCommitResponse> {
    private final GroupCoordinator groups;
    private final TransactionVerifier verifier;

    /** Answers for these groups. */
    public TxnOffsetCommitHandler(GroupCoordinator groups, TransactionVerifier verifier) {
        this.groups = groups;
        this.verifier = verifier;
    }

    @Override
    public ApiKey api() {
        return ApiKey.TXN_OFFSET_COMMIT;
    }

    @Override
    public void handle(TxnOffsetCommitRequest request, Call<TxnOffsetCommitResponse> call) {
        Attempt attempt = new Attempt(request, call);
        if (request.groupId().isEmpty()) {
            attempt.refuse(ErrorCode.INVALID_GROUP_ID);
        } else {
            call.onDisconnect(attempt::giveUp);
            attempt.submit(OptionalLong.empty());
        }
    }

    /** A request on its way. */
    private final class Attempt {
        private final TxnOffsetCommitRequest request;
        private final Call<TxnOffsetCommitResponse> call;
        private final short version;
        private final TransactionVerifier.Client client;
        private volatile Submission submission = () -> {};
        /** One at a time, each submitted by the answer before it. */
        private int verifications;

        Attempt(TxnOffsetCommitRequest request, Call<TxnOffsetCommitResponse> call) {
            this.request = request;
            this.call = call;
            this.version = call.header().version();
            this.client = TransactionVerifier.Client.ofTxnOffsetCommit(version);
        }

        void submit(OptionalLong verification) {
            CommitTransactionOffsets commit = new CommitTransactionOffsets(request, version, verification);
            submission = groups.submit(request.groupId(), commit, answer -> {
                if (answer instanceof Answer.Results results) {
                    call.answer(results.response());
                } else {
                    verify(((Answer.Unverified) answer).verification());
                }
            });
        }

        void giveUp() {
            submission.giveUp();
        }

        private void verify(long verification) {
            if (verifications++ == TransactionVerifier.ATTEMPTS_MAX) {
                refuse(client.shown(ErrorCode.TRANSACTION_ABORTABLE));
                return;
            }
            TopicPartition partition =
                    new TopicPartition(GroupCoordinator.TOPIC, groups.partitionOf(request.groupId()));
            ProducerIdentity producer = new ProducerIdentity(request.producerId(), request.producerEpoch());
            verifier.verify(
                    new TransactionVerifier.Question(request.transactionalId(), producer, Set.of(partition), client),
                    answers -> verified(answers.getOrDefault(partition, ErrorCode.UNKNOWN_SERVER_ERROR), verification));
        }

        private void verified(ErrorCode error, long verification) {
            if (error == ErrorCode.NONE) {
                submit(OptionalLong.of(verification));
            } else {
                refuse(error);
            }
        }

        void refuse(ErrorCode error) {
            CommitTransactionOffsets commit = new CommitTransactionOffsets(request, version, OptionalLong.empty());
            call.answer(((Answer.Results) commit.refused(error)).response());
        }
    }
}
