package io.tailrace.server.fetch;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.RecordsPayload;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import io.tailrace.server.partition.TopicTraffic;
import io.tailrace.server.partition.TopicTraffic.Counter;

/** Counts the records in answers to fetches. */
final class FetchTraffic {
    private FetchTraffic() {}

    /** Counts an answer once. */
    static void count(FetchResponse response, boolean isFollower, Partitions partitions) {
        Counter bytes = isFollower ? Counter.REPLICATION_BYTES_OUT : Counter.BYTES_OUT;
        for (FetchResponse.Topic topic : response.topics()) {
            for (FetchResponse.Partition part : topic.partitions()) {
                Partition partition = partitions.find(topic.topic(), part.partitionIndex());
                TopicTraffic traffic = partition == null ? partitions.traffic().all() : partition.traffic();
                traffic.increment(Counter.FETCH_REQUESTS);
                RecordsPayload records = part.records();
                if (part.errorCode() != ErrorCode.NONE) {
                    traffic.increment(Counter.FAILED_FETCH_REQUESTS);
                } else if (records != null) {
                    traffic.add(bytes, records.sizeInBytes());
                }
            }
        }
    }
}
