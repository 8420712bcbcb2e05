package io.tailrace.protocol.message;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import java.util.List;

/**
 * A broker's log directories.
 *
 * @param throttleTimeMs how long the client must wait because it exceeded a quota
 * @param errorCode the error of the whole request
 * @param results the directories
 */
public record DescribeLogDirsResponse(
        int throttleTimeMs, @Since(3) ErrorCode errorCode, List<Result> results) implements Response {
    /** The size of a disk that is not known. */
    public static final long UNKNOWN_BYTES = -1;

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_LOG_DIRS;
    }

    /**
     * A log directory.
     *
     * @param errorCode {@link ErrorCode#KAFKA_STORAGE_ERROR} if it is offline
     * @param logDir its absolute path
     * @param topics the logs in it, by topic
     * @param totalBytes size of the disk that it is on (KIP-827); {@link #UNKNOWN_BYTES} if it cannot be determined
     * @param usableBytes what is free on that disk; {@link #UNKNOWN_BYTES} if it cannot be determined
     */
    public record Result(
            ErrorCode errorCode,
            String logDir,
            List<Topic> topics,
            @Since(4) @Default("-1") long totalBytes,
            @Since(4) @Default("-1") long usableBytes) {}

    /**
     * The logs of a topic.
     *
     * @param name the topic's name
     * @param partitions the logs by partition
     */
    public record Topic(String name, List<Partition> partitions) {}

    /**
     * The log of a partition.
     *
     * @param partitionIndex its index
     * @param partitionSize size of its segments in bytes
     * @param offsetLag how many offsets it is behind the high watermark; -1 if not known
     * @param isFutureKey whether it is a copy that will replace the partition's log (KIP-113)
     */
    public record Partition(int partitionIndex, long partitionSize, long offsetLag, boolean isFutureKey) {}
}
