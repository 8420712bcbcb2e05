package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.server.cluster.LogDirectories;
import io.tailrace.server.partition.Partition;
import io.tailrace.server.partition.Partitions;
import java.io.File;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Describes this broker's log directories, the logs in them, and the copies of logs that are moving there. */
public final class DescribeLogDirsHandler implements RequestHandler<DescribeLogDirsRequest, DescribeLogDirsResponse> {
    /** The log belongs to no open partition. */
    private static final long UNKNOWN_LAG = -1;

    private final LogDirectories directories;
    private final Partitions partitions;
    private final BlockingCalls blocking;

    /**
     * Describes these directories, which hold the logs of these partitions.
     *
     * @param blocking queries the sizes of disks, because a disk that hangs does not answer
     */
    public DescribeLogDirsHandler(LogDirectories directories, Partitions partitions, BlockingCalls blocking) {
        this.directories = directories;
        this.partitions = partitions;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.DESCRIBE_LOG_DIRS;
    }

    @Override
    public void handle(DescribeLogDirsRequest request, Call<DescribeLogDirsResponse> call) {
        blocking.answer(
                BlockingCalls.Kind.DISK_SIZE,
                call,
                () -> answer(request),
                () -> new DescribeLogDirsResponse(0, ErrorCode.REQUEST_TIMED_OUT, List.of()));
    }

    private DescribeLogDirsResponse answer(DescribeLogDirsRequest request) {
        Predicate<TopicPartition> requested = requested(request);
        List<DescribeLogDirsResponse.Result> results = new ArrayList<>();
        for (LogDirectories.Contents directory : directories.contents()) {
            results.add(new DescribeLogDirsResponse.Result(
                    directory.offline() ? ErrorCode.KAFKA_STORAGE_ERROR : ErrorCode.NONE,
                    directory.path().toAbsolutePath().toString(),
                    topics(directory, requested),
                    bytes(directory, File::getTotalSpace),
                    bytes(directory, File::getUsableSpace)));
        }
        return new DescribeLogDirsResponse(0, ErrorCode.NONE, results);
    }

    /**
     * A size of the directory's disk. Unknown for an offline directory, which is not queried, and for a failed disk, which
     * reports 0 for all sizes.
     */
    private static long bytes(LogDirectories.Contents directory, ToLongFunction<File> size) {
        File disk = directory.path().toFile();
        return directory.offline() || disk.getTotalSpace() == 0
                ? DescribeLogDirsResponse.UNKNOWN_BYTES
                : size.applyAsLong(disk);
    }

    private static Predicate<TopicPartition> requested(DescribeLogDirsRequest request) {
        List<DescribeLogDirsRequest.Topic> topics = request.topics();
        if (topics == null) {
            return partition -> true;
        }
        Set<TopicPartition> requested = new HashSet<>();
        for (DescribeLogDirsRequest.Topic topic : topics) {
            topic.partitions().stream()
                    .filter(index -> index >= 0)
                    .forEach(index -> requested.add(new TopicPartition(topic.topic(), index)));
        }
        return requested::contains;
    }

    private List<DescribeLogDirsResponse.Topic> topics(
            LogDirectories.Contents directory, Predicate<TopicPartition> requested) {
        Map<String, List<DescribeLogDirsResponse.Partition>> byTopic = new TreeMap<>();
        new TreeMap<>(directory.logs())
                .forEach((id, log) -> add(
                        byTopic,
                        requested,
                        id,
                        new DescribeLogDirsResponse.Partition(id.partition(), log.bytes(), offsetLag(id), false)));
        new TreeMap<>(directory.copies())
                .forEach((id, copy) -> add(
                        byTopic,
                        requested,
                        id,
                        new DescribeLogDirsResponse.Partition(
                                id.partition(), copy.bytes(), offsetLag(id, copy), true)));
        return byTopic.entrySet().stream()
                .map(topic -> new DescribeLogDirsResponse.Topic(topic.getKey(), topic.getValue()))
                .toList();
    }

    private static void add(
            Map<String, List<DescribeLogDirsResponse.Partition>> byTopic,
            Predicate<TopicPartition> requested,
            TopicPartition id,
            DescribeLogDirsResponse.Partition description) {
        if (requested.test(id)) {
            byTopic.computeIfAbsent(id.topic(), topic -> new ArrayList<>()).add(description);
        }
    }

    /** Zero for an open partition, whose high watermark never passes the end of its log. */
    private long offsetLag(TopicPartition id) {
        return partitions.find(id.topic(), id.partition()) == null ? UNKNOWN_LAG : 0;
    }

    /** The number of offsets that a copy moving here lacks. */
    private long offsetLag(TopicPartition id, LogDirectories.LogSize copy) {
        Partition partition = partitions.find(id.topic(), id.partition());
        return partition == null ? UNKNOWN_LAG : Math.max(0, partition.logEndOffset() - copy.logEndOffset());
    }
}
