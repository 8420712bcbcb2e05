package io.tailrace.server.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.TopicPartition;
import io.tailrace.protocol.message.AlterReplicaLogDirsRequest;
import io.tailrace.protocol.message.AlterReplicaLogDirsResponse;
import io.tailrace.server.cluster.ReplicaMoves;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Begins to move replicas between this broker's log directories. DescribeLogDirs shows their progress. */
public final class AlterReplicaLogDirsHandler
        implements RequestHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse> {
    private final ReplicaMoves moves;
    private final BlockingCalls blocking;

    /** Begins moves with {@code moves}, on the threads of {@code blocking}. */
    public AlterReplicaLogDirsHandler(ReplicaMoves moves, BlockingCalls blocking) {
        this.moves = moves;
        this.blocking = blocking;
    }

    @Override
    public ApiKey api() {
        return ApiKey.ALTER_REPLICA_LOG_DIRS;
    }

    @Override
    public void handle(AlterReplicaLogDirsRequest request, Call<AlterReplicaLogDirsResponse> call) {
        blocking.answer(
                BlockingCalls.Kind.LOG_MOVE,
                call,
                () -> answer(request, unlessHung(replica -> moves.move(replica.id(), replica.path()))),
                () -> answer(request, replica -> ErrorCode.REQUEST_TIMED_OUT));
    }

    private record Replica(TopicPartition id, String path) {}

    /** Skips a directory that has once failed to answer, because each replica would hold the thread for as long. */
    private static Function<Replica, ErrorCode> unlessHung(Function<Replica, ErrorCode> move) {
        Set<String> hung = new HashSet<>();
        return replica -> {
            ErrorCode error = hung.contains(replica.path()) ? ErrorCode.REQUEST_TIMED_OUT : move.apply(replica);
            if (error == ErrorCode.REQUEST_TIMED_OUT) {
                hung.add(replica.path());
            }
            return error;
        };
    }

    private static AlterReplicaLogDirsResponse answer(
            AlterReplicaLogDirsRequest request, Function<Replica, ErrorCode> move) {
        Map<String, List<AlterReplicaLogDirsResponse.Partition>> results = new TreeMap<>();
        SeenPartitions<String> seen = new SeenPartitions<>();
        for (AlterReplicaLogDirsRequest.Dir dir : request.dirs()) {
            for (AlterReplicaLogDirsRequest.Topic topic : dir.topics()) {
                List<AlterReplicaLogDirsResponse.Partition> partitions =
                        results.computeIfAbsent(topic.name(), name -> new ArrayList<>());
                for (int index : topic.partitions()) {
                    ErrorCode error = index >= 0 && seen.add(topic.name(), index)
                            ? move.apply(new Replica(new TopicPartition(topic.name(), index), dir.path()))
                            : ErrorCode.INVALID_REQUEST;
                    partitions.add(new AlterReplicaLogDirsResponse.Partition(index, error));
                }
            }
        }
        return new AlterReplicaLogDirsResponse(
                0,
                results.entrySet().stream()
                        .map(topic -> new AlterReplicaLogDirsResponse.Topic(topic.getKey(), topic.getValue()))
                        .toList());
    }
}
