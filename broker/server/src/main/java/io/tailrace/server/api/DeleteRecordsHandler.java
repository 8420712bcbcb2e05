package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.server.partition.Deletion;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;

/**
 * Deletes records at the start of partitions, and answers when no in-sync replica returns them any longer. A follower stores its
 * new log start with its next checkpoint. If it is killed before that and then leads, it returns the records again, as in Kafka.
 * The next retention pass deletes the files. Deleted records stay deleted even if the answer is an error because another replica
 * did not follow in time.
 */
public final class DeleteRecordsHandler implements RequestHandler<DeleteRecordsRequest, DeleteRecordsResponse> {
    private final Partitions partitions;

    /** Deletes records of these partitions. */
    public DeleteRecordsHandler(Partitions partitions) {
        this.partitions = partitions;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DELETE_RECORDS;
    }

    @Override
    public void handle(DeleteRecordsRequest request, Call<DeleteRecordsResponse> call) {
        DelayedDeletion deletion = new DelayedDeletion(call);
        SeenPartitions<String> seen = new SeenPartitions<>();
        for (DeleteRecordsRequest.Topic topic : request.topics()) {
            deletion.begin(topic.name());
            for (DeleteRecordsRequest.Partition part : topic.partitions()) {
                int index = part.partitionIndex();
                if (seen.add(topic.name(), index)) {
                    delete(topic.name(), part, deletion);
                } else {
                    deletion.refused(index, ErrorCode.INVALID_REQUEST);
                }
            }
        }
        deletion.answerWhenFollowed(request.timeoutMs());
    }

    private void delete(String topic, DeleteRecordsRequest.Partition part, DelayedDeletion deletion) {
        int index = part.partitionIndex();
        Partition partition = partitions.find(topic, index);
        if (InternalTopics.contains(topic)) {
            deletion.refused(index, ErrorCode.INVALID_TOPIC_EXCEPTION);
        } else if (partition == null) {
            deletion.refused(index, partitions.errorOfMissing(topic, index));
        } else if (!partition.settings().deletesRecords()) {
            deletion.refused(index, ErrorCode.POLICY_VIOLATION);
        } else {
            Deletion outcome = partition.deleteRecordsBefore(part.offset());
            if (outcome.error() == ErrorCode.NONE) {
                deletion.deleted(partition, outcome);
            } else {
                deletion.refused(index, outcome.error());
            }
        }
    }
}
